from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final

import structlog
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import TypeAdapter, ValidationError

from services.chassis.errors import QuotaExceeded
from services.chassis.jetstream import Nats, ensure_bucket, entries
from services.image.persistence import READ_SECONDS, REQUEST_SECONDS, persist
from services.image.picture import Kept, Picture, Version
from services.image.settings import ImageSettings

log = structlog.get_logger()

BUCKET: Final = "drawings"
SECONDS_PER_DAY: Final = 86_400
CODEC: Final = TypeAdapter(Picture)


@dataclass(frozen=True, slots=True)
class Series:
    """The ids of a series' pictures, in the order in which they were made; those of gone ones, too."""

    picture_ids: tuple[str, ...] = ()


SERIES_CODEC: Final = TypeAdapter(Series)


class Album:
    """What is known of pictures, and which number each has in its series.

    A picture is first written by itself; it is there from the one write on that adds it to its series.
    Methods raise ServiceUnavailable if the store stays silent.
    """

    def __init__(
        self, js: JetStreamContext, bucket: KeyValue, *, max_versions: int, timeout_seconds: float
    ) -> None:
        self._js = js
        self._bucket = bucket
        self._max_versions = max_versions
        self._timeout_seconds = timeout_seconds
        self._read_seconds = min(READ_SECONDS, timeout_seconds)

    async def find(self, picture_id: str) -> Kept | None:
        """Look a picture up by its id."""

        async def read() -> Kept | None:
            picture = await self._read(picture_id)
            if picture is None:
                return None
            series, _revision = await self._read_series(picture.series_id)
            # One without a place was never finished.
            return _kept(picture, series) if picture_id in series.picture_ids else None

        return await persist(read, self._read_seconds)

    async def version(self, version: Version) -> Kept | None:
        """Look a picture up by its number."""

        async def read() -> Kept | None:
            series, _revision = await self._read_series(version.series_id)
            if not 1 <= version.number <= len(series.picture_ids):
                return None
            picture = await self._read(series.picture_ids[version.number - 1])
            return _kept(picture, series) if picture is not None else None

        return await persist(read, self._read_seconds)

    async def check_room(self, series_id: str) -> None:
        """Raise QuotaExceeded when the series has as many pictures as it may."""

        async def read() -> int:
            series, _revision = await self._read_series(series_id)
            return len(series.picture_ids)

        used = await persist(read, self._read_seconds)
        if used >= self._max_versions:
            raise QuotaExceeded(
                "the series has too many pictures",
                metadata={
                    "quota": "pictures_of_a_series",
                    "limit": str(self._max_versions),
                    "used": str(used),
                },
            )

    async def add(self, picture: Picture) -> Kept:
        """Give a picture the next number of its series. One that has a number stays as it is."""

        async def write() -> Kept:
            series, revision = await self._read_series(picture.series_id)
            is_listed = picture.picture_id in series.picture_ids
            former = await self._read(picture.picture_id) if is_listed else None
            if former is not None:
                return _kept(former, series)
            await self._bucket.put(_picture_key(picture.picture_id), CODEC.dump_json(picture))
            if not is_listed:
                series = Series((*series.picture_ids, picture.picture_id))
                listed = SERIES_CODEC.dump_json(series)
                await self._bucket.update(_series_key(picture.series_id), listed, last=revision)
            return _kept(picture, series)

        return await persist(write, self._timeout_seconds)

    async def remove(self, picture: Picture) -> None:
        """Forget a picture. Its number is not given again. Raises what NATS raises."""
        with suppress(KeyNotFoundError):
            await self._bucket.purge(_picture_key(picture.picture_id))

    async def oldest(self) -> AsyncGenerator[Picture]:
        """Yield all pictures, the oldest first. Raises what NATS raises."""
        async with aclosing(entries(self._js, BUCKET, _picture_key(">"))) as listed:
            async for entry in listed:
                picture = _decoded(entry.value)
                if picture is not None:
                    yield picture

    async def _read(self, picture_id: str) -> Picture | None:
        try:
            return _decoded((await self._bucket.get(_picture_key(picture_id))).value)
        except KeyNotFoundError:
            return None

    async def _read_series(self, series_id: str) -> tuple[Series, int]:
        try:
            entry = await self._bucket.get(_series_key(series_id))
        except KeyNotFoundError as error:
            # A deleted key leaves a marker, and the next write must name it.
            return Series(), error.entry.revision or 0 if error.entry else 0
        return SERIES_CODEC.validate_json(entry.value or b"{}"), entry.revision or 0


def _kept(picture: Picture, series: Series) -> Kept:
    return Kept(picture, series.picture_ids.index(picture.picture_id) + 1, len(series.picture_ids))


def _decoded(value: bytes | None) -> Picture | None:
    try:
        return CODEC.validate_json(value or b"")
    except ValidationError as error:
        log.error("picture_unreadable", problems=error.error_count())
        return None


def _picture_key(picture_id: str) -> str:
    return f"picture.{picture_id}"


def _series_key(series_id: str) -> str:
    return f"series.{series_id}"


async def open_album(connection: Nats, settings: ImageSettings) -> Album:
    """Create or update the bucket that this service owns. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="What is known of drawn pictures, and their series; owned by the image service.",
        history=1,
        ttl=settings.image_kept_days * SECONDS_PER_DAY,
        replicas=settings.stream_replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    bucket = await ensure_bucket(js, config)
    return Album(
        js,
        bucket,
        max_versions=settings.image_max_versions,
        timeout_seconds=settings.image_store_timeout_seconds,
    )
