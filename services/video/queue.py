from typing import Final

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError
from quartet.video.v1.video_work_pb2 import VideoWork

from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Event, encode
from services.chassis.jetstream import Nats, ensure_stream
from services.chassis.telemetry import tracing
from services.video.job import Job
from services.video.persistence import REQUEST_SECONDS, persist

STREAM: Final = "VIDEO_WORK"
SUBJECT: Final = "quartet.video.work"
WORKERS: Final = "video-workers"
"""The durable consumer that all workers share."""
SOURCE: Final = "/quartet/video"
DUPLICATE_WINDOW_SECONDS: Final = 600.0
STREAM_FULL: Final = 10077
FULL_RETRY_SECONDS: Final = 30.0


class QueueFull(ServiceUnavailable):
    """As many jobs are under way as there may be."""


class Queue:
    """The queue of jobs. A message stands in it until its job has ended, so the server counts them all."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    async def put(self, job: Job) -> int:
        """Queue a job and return its place in the stream. Raises ServiceUnavailable, QueueFull.

        Repeated for a job that still stands there at the place that it knows, it queues the job once.
        """
        work = VideoWork(user_id=job.owner.user_id, job_id=job.job_id)
        # One that the queue has lost had a place: what takes its place is no duplicate of it.
        event_id = f"{job.job_id}.{job.work_sequence}"
        headers, payload = encode(Event(event_id, SOURCE, job.job_id, job.updated_at, work))
        tracing.inject(headers)

        async def publish() -> int | None:
            try:
                ack = await self._js.publish(SUBJECT, payload, headers=headers, timeout=REQUEST_SECONDS)
            except ServiceUnavailableError as error:
                if error.err_code != STREAM_FULL:
                    raise
                return None
            return ack.seq

        sequence = await persist(publish)
        if sequence is None:
            raise QueueFull(retry_after_seconds=FULL_RETRY_SECONDS)
        return sequence

    async def holds(self, job: Job) -> bool:
        """Whether the message of a job still stands in the queue. Raises ServiceUnavailable."""

        async def look() -> bool:
            try:
                message = await self._js.get_msg(STREAM, job.work_sequence)
            except NotFoundError:
                return False
            # After a loss of the whole stream, another job's may stand in its place.
            return VideoWork.FromString(message.data or b"").job_id == job.job_id

        return job.work_sequence > 0 and await persist(look)

    async def remove(self, sequence: int) -> None:
        """Take a job out that waits no more. A worker would find that it has ended; this only is sooner."""

        async def delete() -> None:
            try:
                await self._js.delete_msg(STREAM, sequence)
            except APIError as error:
                # It is gone, or a worker has it.
                if error.code not in (400, 404, 500):
                    raise

        await persist(delete)

    async def jobs_ahead(self, sequence: int) -> int:
        """How many jobs no worker has taken yet stand before this place. Raises ServiceUnavailable."""

        async def look() -> int:
            try:
                info = await self._js.consumer_info(STREAM, WORKERS)
            except NotFoundError:
                # No worker has ever run: all that stand there wait.
                state = (await self._js.stream_info(STREAM)).state
                return max(0, min(state.messages, sequence - state.first_seq))
            waiting, taken = info.num_pending or 0, info.delivered.stream_seq if info.delivered else 0
            # What was removed from between counts here, and what is waiting bounds it.
            return max(0, min(sequence - taken - 1, waiting - 1))

        return await persist(look)


async def open_queue(connection: Nats, *, max_jobs: int, replicas: int) -> Queue:
    """Create or update the stream that this service owns. Raises ConfigurationConflict."""
    config = StreamConfig(
        name=STREAM,
        subjects=[SUBJECT],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        # The server refuses what is too much, however many replicas take orders.
        discard=DiscardPolicy.NEW,
        max_msgs=max_jobs,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        num_replicas=replicas,
    )
    await ensure_stream(connection.js, config)
    return Queue(connection.client.jetstream(timeout=REQUEST_SECONDS))
