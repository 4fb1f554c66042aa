import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.chassis.errors import ProviderInterrupted, ServiceUnavailable
from services.chassis.failpoints import Failpoints
from services.video.job import File, Film, Job
from services.video.jobs import Jobs, Stored
from services.video.metrics import VideoMetrics
from services.video.pace import Pace
from services.video.providers.base import Task, VideoProvider
from services.video.studio.studio import Studio
from services.video.vault import Vault

MP4: Final = "video/mp4"
JPEG: Final = "image/jpeg"


class Keeping:
    """Brings a finished video home: fetched at once, checked, made playable, kept."""

    def __init__(
        self,
        jobs: Jobs,
        vault: Vault,
        studio: Studio,
        pace: Pace,
        metrics: VideoMetrics,
        failpoints: Failpoints,
        *,
        directory: Path | None,
        max_file_bytes: int,
    ) -> None:
        self._jobs = jobs
        self._vault = vault
        self._studio = studio
        self._pace = pace
        self._metrics = metrics
        self._failpoints = failpoints
        self._directory = directory
        self._max_file_bytes = max_file_bytes

    async def keep(self, stored: Stored, provider: VideoProvider, task: Task) -> Stored:
        """Take a job whose task has succeeded to SUCCEEDED.

        Raises ResourceNotFound where the file is not at its address (any more), ProviderUnavailable where the
        vendor is silent, ProviderInterrupted for a file that is no video, ServiceUnavailable.
        """
        began_at = datetime.now(UTC)
        try:
            film = await self._bring(stored.job, provider, task)
        except OSError as error:
            raise ServiceUnavailable(f"the disk does not take the video: {type(error).__name__}") from error
        await self._failpoints.hit("video.kept_unrecorded")
        ended = await self._jobs.change(
            stored, lambda now: now if now.state.is_final else now.succeeded(film)
        )
        if ended.job.film != film:
            await self._vault.delete(*film.files)
            return ended
        await self._observe(ended.job, film, began_at)
        return ended

    async def _observe(self, job: Job, film: Film, began_at: datetime) -> None:
        now = datetime.now(UTC)
        self._metrics.took("keeping", (now - began_at).total_seconds())
        if film.cost_micros is not None:
            self._metrics.paid(job.provider, job.model, film.cost_micros)
        if job.started_at is not None:
            run_seconds = (now - job.started_at).total_seconds()
            self._metrics.took("vendor", run_seconds)
            await self._pace.observed(run_seconds)

    async def _bring(self, job: Job, provider: VideoProvider, task: Task) -> Film:
        # The folder also goes when the process is cancelled; after a kill the system clears its own.
        with tempfile.TemporaryDirectory(prefix="quartet-video-", dir=self._directory) as name:
            folder = Path(name)
            source = folder / "source"
            await provider.download(task.output, source, max_bytes=self._max_file_bytes)
            await self._failpoints.hit("video.downloaded")
            return await self._film(job, task, source, folder)

    async def _film(self, job: Job, task: Task, source: Path, folder: Path) -> Film:
        try:
            developed = await self._studio.develop(source, folder)
        except ProviderInterrupted as error:
            error.metadata["provider"] = job.provider
            raise
        kept: list[File] = []
        try:
            kept.append(
                original := await self._vault.put_file(
                    job.job_id, "original", source, developed.source_mime_type
                )
            )
            display = original
            if developed.display != source:
                kept.append(
                    display := await self._vault.put_file(job.job_id, "display", developed.display, MP4)
                )
            picture = await asyncio.to_thread(developed.thumbnail.read_bytes)
            thumbnail = await self._vault.put(job.job_id, "thumbnail", picture, JPEG)
        except ServiceUnavailable:
            # Whoever tries again keeps files of its own.
            await self._vault.delete(*kept)
            raise
        cost_micros = job.estimated_cost_micros if task.cost_micros is None else task.cost_micros
        return Film(
            original=original,
            display=display,
            thumbnail=thumbnail,
            width_pixels=developed.width_pixels,
            height_pixels=developed.height_pixels,
            duration_seconds=developed.duration_seconds,
            has_sound=developed.has_sound,
            cost_micros=cost_micros,
            output_token_count=task.output_token_count,
        )
