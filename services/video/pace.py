from typing import Final

from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from services.chassis.jetstream import Nats, ensure_bucket
from services.video.persistence import REQUEST_SECONDS, persist

BUCKET: Final = "video_pace"
KEY: Final = "run_seconds"
# The newest video counts for so much of what is expected of the next one.
WEIGHT: Final = 0.2


class Pace:
    """How long videos take lately, for guesses. Two workers that write at once lose one video's share."""

    def __init__(self, bucket: KeyValue, *, usual_seconds: float, concurrency: int) -> None:
        self._bucket = bucket
        self._usual_seconds = usual_seconds
        self._concurrency = concurrency

    async def observed(self, run_seconds: float) -> None:
        """A video has taken so long, from its submission to its file. Raises ServiceUnavailable."""
        former = await self._read()
        mean = run_seconds if former is None else former + WEIGHT * (run_seconds - former)

        async def write() -> None:
            await self._bucket.put(KEY, f"{mean:.1f}".encode())

        await persist(write)

    async def expected_seconds(self, jobs_ahead: int) -> float:
        """Guess how long an order takes before which so many others wait. Raises ServiceUnavailable."""
        mean = await self._read() or self._usual_seconds
        return mean * (1 + jobs_ahead / self._concurrency)

    async def _read(self) -> float | None:
        async def read() -> float | None:
            try:
                entry = await self._bucket.get(KEY)
            except KeyNotFoundError:
                return None
            return float(entry.value or b"0")

        return await persist(read)


async def open_pace(connection: Nats, *, usual_seconds: float, concurrency: int, replicas: int) -> Pace:
    """Create or update the bucket that this service owns. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET, description="How long videos take, owned by the video service.", replicas=replicas
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    bucket = await ensure_bucket(js, config)
    return Pace(bucket, usual_seconds=usual_seconds, concurrency=concurrency)
