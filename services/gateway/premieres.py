import asyncio
from typing import Final

import structlog
from quartet.video.v1.video_events_pb2 import (
    VideoJobCancelled,
    VideoJobFailed,
    VideoJobProgressed,
    VideoJobSucceeded,
)

from services.chassis.errors import QuartetError, ServiceUnavailable
from services.chassis.events import Consumer, Event, registry
from services.chassis.jetstream import Nats
from services.gateway.lease import LeaseLost
from services.gateway.screenings import Screenings
from services.gateway.video_client import job_of
from services.gateway.videos import Job

log = structlog.get_logger()

EVENTS: Final = registry(VideoJobProgressed, VideoJobSucceeded, VideoJobFailed, VideoJobCancelled)
STREAM: Final = "VIDEO_EVENTS"
SUBJECTS: Final = tuple(
    f"quartet.video.events.video_job_{end}" for end in ("progressed", "succeeded", "failed", "cancelled")
)
DEAD_LETTERS: Final = "quartet.dead.gateway.videos"
ACK_WAIT_SECONDS: Final = 10.0
"""So long after a kill the successor goes on with what was on its way."""
CONCURRENCY: Final = 32

Notice = VideoJobProgressed | VideoJobSucceeded | VideoJobFailed | VideoJobCancelled


class Premieres:
    """Brings to the chats what the video service tells. Only the speaker does: it is built for one tenure.

    An end is delivered however late it comes, and however often it is tried; of progress the newest counts.
    """

    def __init__(self, nats: Nats, screenings: Screenings, *, bot_id: int) -> None:
        self._nats = nats
        self._screenings = screenings
        self._bot_id = bot_id
        self._newest: dict[str, Job] = {}
        self._showing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Tells until cancelled."""
        consumer = Consumer(
            self._nats.js,
            STREAM,
            f"gateway-videos-{self._bot_id}",
            SUBJECTS,
            EVENTS,
            self._tell,
            concurrency=CONCURRENCY,
            ack_wait_seconds=ACK_WAIT_SECONDS,
            max_deliver=0,
            dead_letters=DEAD_LETTERS,
            reconnected=self._nats.reconnected,
        )
        try:
            await consumer.run(asyncio.Event())
        finally:
            for task in self._showing:
                task.cancel()

    async def _tell(self, event: Event[Notice]) -> None:
        job = job_of(event.message.job)
        if not job.job_id.startswith(f"{self._bot_id}."):
            return  # ordered through another bot
        if isinstance(event.message, VideoJobProgressed):
            self._show(job)
            return
        self._newest.pop(job.job_id, None)
        try:
            await self._screenings.conclude(job)
        except LeaseLost:
            raise ServiceUnavailable("another gateway speaks now") from None

    def _show(self, job: Job) -> None:
        """Has progress shown when there is room for it; whoever tells it does not wait."""
        is_waiting = job.job_id in self._newest
        self._newest[job.job_id] = job
        if not is_waiting:
            task = asyncio.create_task(self._progress(job.job_id), name="progress of a video")
            self._showing.add(task)
            task.add_done_callback(self._showing.discard)

    async def _progress(self, job_id: str) -> None:
        try:
            # One after the other: what comes meanwhile takes the place of what waits.
            while (job := self._newest.get(job_id)) is not None:
                await self._screenings.progress(job)
                if self._newest.get(job_id) is job:
                    self._newest.pop(job_id, None)
        except LeaseLost:
            log.info("video_progress_left_to_successor", job_id=job_id)
        except QuartetError as error:
            log.warning("video_progress_not_shown", job_id=job_id, reason=error.reason)
        finally:
            self._newest.pop(job_id, None)
