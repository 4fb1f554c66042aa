from collections.abc import Callable
from contextlib import aclosing
from typing import Final

import regex
import structlog
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, StorageType
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import ValidationError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.jetstream import Nats, ensure_bucket, entries
from services.gateway.feedback.letter import Letter
from services.gateway.lease import NATS_ERRORS

log = structlog.get_logger()

BUCKET: Final = "feedback"
KEPT_SECONDS: Final = 180 * 86_400.0
MAX_LETTER_BYTES: Final = 128 * 1024
ID: Final = regex.compile(r"(-?\d{1,19})-([0-9a-f]{16})")

_retrying = retry(
    retry=retry_if_exception_type(ServiceUnavailable),
    wait=wait_random_exponential(multiplier=0.1, max=1.0),
    stop=stop_after_delay(10),
    reraise=True,
)


class Mailbox:
    """The letters of all people, in a KV bucket that forgets them after half a year.

    Every change is a compare-and-swap. Raises ServiceUnavailable while the bucket does not answer.
    """

    def __init__(self, js: JetStreamContext, bucket: KeyValue, *, bot_id: int) -> None:
        self._js = js
        self._bucket = bucket
        self._bot_id = bot_id

    async def find(self, letter_id: str) -> Letter | None:
        letter, _revision = await self._read(self._key(letter_id))
        return letter

    @_retrying
    async def change(self, letter_id: str, change: Callable[[Letter | None], Letter]) -> Letter:
        """Write what `change` makes of a letter and return it. `change` may be called more than once."""
        key = self._key(letter_id)
        old, revision = await self._read(key)
        new = change(old)
        if new != old:
            try:
                value = new.model_dump_json(exclude_defaults=True).encode()
                await self._bucket.update(key, value, last=revision)
            except NATS_ERRORS as error:
                raise ServiceUnavailable("a letter cannot be written") from error
        return new

    async def all(self, *, user_id: int | None = None) -> dict[str, Letter]:
        """Return every letter, or those of one person, by id; the newest first."""
        prefix = f"{self._bot_id}."
        keys = f"{prefix}>" if user_id is None else f"{prefix}{user_id}.*"
        found: dict[str, Letter] = {}
        try:
            async with aclosing(entries(self._js, BUCKET, keys)) as listed:
                async for entry in listed:
                    letter_id = entry.key.removeprefix(prefix).replace(".", "-")
                    try:
                        found[letter_id] = Letter.model_validate_json(entry.value)
                    except ValidationError as error:
                        log.error("letter_unreadable", problems=error.error_count())
        except NATS_ERRORS as error:
            raise ServiceUnavailable("letters cannot be read") from error
        return dict(sorted(found.items(), key=lambda item: item[1].written_at, reverse=True))

    @_retrying
    async def forget(self, user_id: int) -> None:
        """Delete what a person has written; not even the name of a key is left of it."""
        try:
            await self._js.purge_stream(f"KV_{BUCKET}", subject=f"$KV.{BUCKET}.{self._bot_id}.{user_id}.*")
        except NATS_ERRORS as error:
            raise ServiceUnavailable("letters cannot be deleted") from error

    async def _read(self, key: str) -> tuple[Letter | None, int]:
        try:
            entry = await self._bucket.get(key)
        except KeyNotFoundError:
            return None, 0
        except NATS_ERRORS as error:
            raise ServiceUnavailable("letters cannot be read") from error
        return Letter.model_validate_json(entry.value or b""), entry.revision or 0

    def _key(self, letter_id: str) -> str:
        """Raises ResourceNotFound where there can be no such letter."""
        found = ID.fullmatch(letter_id)
        if found is None:
            raise ResourceNotFound("there is no such letter", metadata={"resource": "letter"})
        return f"{self._bot_id}.{found[1]}.{found[2]}"


async def open_mailbox(nats: Nats, *, bot_id: int, replicas: int) -> Mailbox:
    """Make the bucket. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="What people say of the bot, owned by the gateway.",
        ttl=KEPT_SECONDS,
        max_value_size=MAX_LETTER_BYTES,
        storage=StorageType.FILE,
        replicas=replicas,
    )
    return Mailbox(nats.js, await ensure_bucket(nats.js, config), bot_id=bot_id)
