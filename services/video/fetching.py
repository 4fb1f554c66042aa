import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from enum import StrEnum

from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.video.job import File, Film, Owner
from services.video.jobs import Jobs
from services.video.vault import Vault


class Form(StrEnum):
    """Which file of a video is wanted."""

    DISPLAY = "display"
    ORIGINAL = "original"
    THUMBNAIL = "thumbnail"


class Fetching:
    """Sends the files of finished videos, so many at once."""

    def __init__(self, jobs: Jobs, vault: Vault, *, max_fetches: int) -> None:
        self._jobs = jobs
        self._vault = vault
        self._fetches = asyncio.Semaphore(max_fetches)

    async def fetch(
        self, job_id: str, caller: Owner, form: Form
    ) -> AsyncGenerator[tuple[File, Film] | bytes]:
        """Yield what the file is, then its content. Raises ResourceNotFound, ServiceUnavailable."""
        if self._fetches.locked():
            raise ServiceUnavailable("too many videos are being sent")
        async with self._fetches:
            found = await self._jobs.find(job_id, caller)
            if found is None or found.job.film is None:
                raise ResourceNotFound("there is no such video", metadata={"resource": "video"})
            film = found.job.film
            file: File = getattr(film, form)
            yield file, film
            async with aclosing(self._vault.chunks(file)) as chunks:
                async for chunk in chunks:
                    yield chunk
