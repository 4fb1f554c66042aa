from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import APIError, KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import TypeAdapter

from services.chassis.jetstream import Nats, ensure_bucket, entries, is_conflict
from services.video.job import Job, Owner, is_identifier
from services.video.persistence import REQUEST_SECONDS, persist

BUCKET: Final = "video_jobs"
SECONDS_PER_DAY: Final = 86_400
CODEC: Final = TypeAdapter(Job)


@dataclass(frozen=True, slots=True)
class Stored:
    """A job as it stood in the store at a revision."""

    job: Job
    revision: int


class Moved(Exception):
    """The job has changed since it was read."""


class Jobs:
    """The records of all jobs. Their methods raise ServiceUnavailable if the store stays silent."""

    def __init__(self, js: JetStreamContext, bucket: KeyValue) -> None:
        self._js = js
        self._bucket = bucket

    async def create(self, job: Job) -> tuple[Stored, bool]:
        """Store a new job; the one that stands under its id already is returned instead, with False."""

        async def write() -> tuple[Stored, bool]:
            try:
                revision = await self._bucket.create(_key(job), CODEC.dump_json(job))
            except APIError as error:
                if not is_conflict(error):
                    raise
                found = await self._read(_key(job))
                if found is None:
                    raise
                # What stands there may be what this very call wrote before its answer was lost.
                return found, found.job == job
            return Stored(job, revision), True

        return await persist(write)

    async def get(self, user_id: int, job_id: str) -> Stored | None:
        """Read a job of a user."""
        return await persist(lambda: self._read(f"{user_id}.{job_id}"))

    async def find(self, job_id: str, caller: Owner) -> Stored | None:
        """Read a job that the caller may see: the user's own, or another's of the same chat by a search."""
        if not is_identifier(job_id):
            return None
        found = await self.get(caller.user_id, job_id)
        if found is None:
            found = await persist(lambda: self._search(job_id))
        return found if found is not None and found.job.is_of(caller) else None

    async def move(self, stored: Stored, job: Job) -> Stored:
        """Put `job` in the place of what was read. Raises Moved where somebody else has changed it since."""

        async def write() -> Stored:
            try:
                return Stored(
                    job, await self._bucket.update(_key(job), CODEC.dump_json(job), last=stored.revision)
                )
            except APIError as error:
                if not is_conflict(error):
                    raise
                found = await self._read(_key(job))
                if found is not None and found.job == job:
                    # Written by this very call, whose answer was lost.
                    return found
                raise Moved(job.job_id) from error

        return await persist(write)

    async def change(self, stored: Stored, changed: Callable[[Job], Job]) -> Stored:
        """Change a job as it is now, however often it has been changed since it was read.

        Returns it unchanged where `changed` returns the same. What `changed` raises goes through; Moved where
        the job is gone.
        """
        while True:
            job = changed(stored.job)
            if job == stored.job:
                return stored
            try:
                return await self.move(stored, job)
            except Moved:
                found = await self.get(job.owner.user_id, job.job_id)
                if found is None:
                    raise
                stored = found

    async def withdraw(self, stored: Stored) -> None:
        """Forget a job as it was read. Raises Moved where somebody else has changed it since."""

        async def delete() -> None:
            try:
                await self._bucket.delete(_key(stored.job), last=stored.revision)
            except APIError as error:
                if not is_conflict(error):
                    raise
                if await self._read(_key(stored.job)) is not None:
                    raise Moved(stored.job.job_id) from error

        await persist(delete)

    async def delete(self, job: Job) -> None:
        """Forget a job."""

        async def purge() -> None:
            await self._bucket.purge(_key(job))

        await persist(purge)

    async def of_user(self, user_id: int) -> list[Stored]:
        """Read all jobs of a user, the newest first."""

        async def read() -> list[Stored]:
            async with aclosing(self.all(f"{user_id}.>")) as found:
                return [stored async for stored in found]

        found = await persist(read)
        return sorted(found, key=_created_at, reverse=True)

    async def all(self, keys: str = ">") -> AsyncGenerator[Stored]:
        """Yield jobs, those that changed longest ago first. Raises what NATS raises."""
        async with aclosing(entries(self._js, BUCKET, keys)) as listed:
            async for entry in listed:
                yield Stored(CODEC.validate_json(entry.value), entry.revision)

    async def _search(self, job_id: str) -> Stored | None:
        async with aclosing(self.all(f"*.{job_id}")) as found:
            async for stored in found:
                return stored
        return None

    async def _read(self, key: str) -> Stored | None:
        try:
            entry = await self._bucket.get(key)
        except KeyNotFoundError:
            return None
        return Stored(CODEC.validate_json(entry.value or b""), entry.revision or 0)


def _key(job: Job) -> str:
    return f"{job.owner.user_id}.{job.job_id}"


def _created_at(stored: Stored) -> datetime:
    return stored.job.created_at


async def open_jobs(connection: Nats, *, kept_days: float, replicas: int) -> Jobs:
    """Create or update the bucket that this service owns. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="Video jobs, owned by the video service.",
        history=1,
        ttl=kept_days * SECONDS_PER_DAY,
        replicas=replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    return Jobs(js, await ensure_bucket(js, config))
