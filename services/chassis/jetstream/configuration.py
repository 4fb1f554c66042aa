from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, KeyValueConfig, ObjectStoreConfig, StreamConfig
from nats.js.errors import APIError, NotFoundError
from nats.js.kv import KeyValue
from nats.js.object_store import ObjectStore

from services.chassis.errors import StartupError

NAME_IN_USE: Final = 10058
# https://github.com/nats-io/nats-server/blob/main/server/errors.json: in a cluster, and on one server.
NO_ROOM: Final = frozenset({10023, 10047})


class ConfigurationConflict(StartupError):
    """The server has, or keeps, a configuration that cannot become the one asked for."""


async def ensure_stream(js: JetStreamContext, config: StreamConfig) -> None:
    """Create the stream, or update it to what `config` asks; what it leaves open stays as it is.

    Raises ConfigurationConflict when the server keeps something else. Several processes may do this at once.
    """
    asked = {key: value for key, value in config.as_dict().items() if not _is_open(key, value)}
    try:
        found = (await js.stream_info(str(config.name))).config
    except NotFoundError:
        try:
            found = (await js.add_stream(config)).config
        except APIError as error:
            if error.err_code != NAME_IN_USE:
                raise _conflict(config, error) from error
            found = (await js.stream_info(str(config.name))).config
    if _differences(asked, found):
        wanted = {field: getattr(config, field) for field in asked}
        try:
            found = (await js.update_stream(found.evolve(**wanted))).config
        except APIError as error:
            raise _conflict(config, error) from error
    differences = _differences(asked, found)
    if differences:
        raise ConfigurationConflict(f"NATS keeps {config.name} different from what was asked: {differences}.")


async def ensure_bucket(js: JetStreamContext, config: KeyValueConfig) -> KeyValue:
    """Create the bucket, or update it to what `config` asks. Raises ConfigurationConflict."""
    await ensure_stream(js, _stream_behind(config))
    return await js.key_value(config.bucket)


async def ensure_object_store(js: JetStreamContext, config: ObjectStoreConfig) -> ObjectStore:
    """Create the store of objects, or update it to what `config` asks. Raises ConfigurationConflict."""
    await ensure_stream(js, _stream_behind_objects(config))
    return await js.object_store(str(config.bucket))


def _stream_behind_objects(config: ObjectStoreConfig) -> StreamConfig:
    # What nats-py's create_object_store sends; it cannot update one. ADR-20 of the NATS architecture.
    return StreamConfig(
        name=f"OBJ_{config.bucket}",
        description=config.description,
        subjects=[f"$O.{config.bucket}.C.>", f"$O.{config.bucket}.M.>"],
        allow_direct=True,
        allow_rollup_hdrs=True,
        discard=DiscardPolicy.NEW,
        max_age=config.ttl,
        max_bytes=config.max_bytes,
        num_replicas=config.replicas,
        storage=config.storage,
        placement=config.placement,
    )


def _stream_behind(config: KeyValueConfig) -> StreamConfig:
    # What nats-py's create_key_value sends; it cannot update a bucket. ADR-8 of the NATS architecture.
    two_minutes = 120.0
    return StreamConfig(
        name=f"KV_{config.bucket}",
        description=config.description,
        subjects=[f"$KV.{config.bucket}.>"],
        allow_direct=bool(config.direct),
        allow_rollup_hdrs=True,
        allow_msg_ttl=True,
        deny_delete=True,
        discard=DiscardPolicy.NEW,
        duplicate_window=min(config.ttl or two_minutes, two_minutes),
        max_age=config.ttl,
        max_bytes=config.max_bytes,
        max_msg_size=config.max_value_size,
        max_msgs_per_subject=config.history,
        num_replicas=config.replicas,
        storage=config.storage,
        placement=config.placement,
        republish=config.republish,
        subject_delete_marker_ttl=config.limit_marker_ttl,
    )


def _is_open(field: str, value: Any) -> bool:
    """Whether a field says nothing: nats-py fills in numbers that mean "the server's default"."""
    if field in ("duplicate_window", "max_age", "num_replicas"):
        return not value
    return field == "name" or value is None


def _differences(asked: dict[str, Any], found: StreamConfig) -> dict[str, tuple[Any, Any]]:
    kept = found.as_dict()
    pairs = {field: (value, kept.get(field)) for field, value in asked.items()}
    return {field: pair for field, pair in pairs.items() if _normal(pair[0]) != _normal(pair[1])}


def _normal(value: Any) -> Any:
    """Bring to one form what is written in several: -1, 0 and nothing are unlimited, false is nothing."""
    if isinstance(value, list):
        return sorted(map(str, value))
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if not key.startswith("_nats.")}
    return None if value in (-1, 0, False, "") else value


def _conflict(config: StreamConfig, error: APIError) -> ConfigurationConflict:
    if error.err_code in NO_ROOM:
        return ConfigurationConflict(
            f"NATS has no room for {config.name}, which sets {config.max_bytes or 0} bytes aside: "
            "give its disk (or its max_file_store) more, or keep less "
            "(TEXT_PICTURES_BYTES, IMAGE_STORE_BYTES, DOCS_STORE_BYTES, VIDEO_STORE_BYTES)."
        )
    return ConfigurationConflict(f"NATS refuses the configuration of {config.name}: {error.description}.")
