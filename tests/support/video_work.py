import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from nats.aio.msg import Msg
from prometheus_client import CollectorRegistry
from quartet.video.v1 import video_events_pb2 as pb
from quartet.video.v1.video_work_pb2 import VideoWork

from services.chassis.environment import Environment
from services.chassis.errors import QuartetError, ResourceNotFound
from services.chassis.events import Event, registry
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats, connect
from services.providers.base import Capabilities, OfferedModel
from services.video.app import Stores, open_stores
from services.video.endings import SUBJECTS
from services.video.job import Job, Owner, Specification, State
from services.video.jobs import Stored
from services.video.metrics import VideoMetrics
from services.video.providers.base import AspectRatio, Offer, Submitted, Task, TaskState, VideoRequest
from services.video.worker.app import open_work
from services.video.worker.settings import WorkerSettings
from services.video.worker.work import Work
from tests.support.films import write_film
from tests.support.usage_published import publishing_usage

OFFER: Final = Offer((5,), 5, (AspectRatio.WIDE,), takes_first_frame=True)
PATIENCE_SECONDS: Final = 30.0
EVENTS: Final = registry(
    pb.VideoJobProgressed,
    pb.VideoJobSucceeded,
    pb.VideoJobFailed,
    pb.VideoJobCancelled,
    pb.VideoJobTroubled,
)
Answer = QuartetError | Callable[[], Awaitable[None]]
Look = Task | QuartetError


class ScriptedVideos:
    """A vendor that takes orders and makes films, or does as its script says.

    `answers` hold what comes of the next orders: an error, or something to wait for first.
    """

    capabilities = Capabilities(image_mime_types=frozenset({"image/jpeg"}))

    def __init__(self, name: str) -> None:
        self.name = name
        self.offers: Mapping[str, Offer] = {}
        self.orders: list[VideoRequest] = []
        self.tasks: list[str] = []
        self.cancelled: list[str] = []
        self.answers: deque[Answer] = deque()
        self.looks: deque[Look] = deque([Task(TaskState.FAILED)])
        self.downloads: deque[QuartetError] = deque()
        self.look_count = 0
        self.was_looked_at = asyncio.Event()

    def says(self, *looks: Look) -> None:
        """Say this when asked how far a task is, the last of it from then on."""
        self.looks = deque(looks)

    async def stream(self, request: VideoRequest) -> AsyncGenerator[Submitted]:
        self.orders.append(request)
        answer = self.answers.popleft() if self.answers else None
        if isinstance(answer, QuartetError):
            raise answer
        self.tasks.append(f"{self.name}-{uuid4().hex}")
        submitted = Submitted(self.tasks[-1], 100_000)
        if answer is not None:
            await answer()
        yield submitted

    async def models(self) -> Sequence[OfferedModel]:
        return []

    async def look(self, task_id: str) -> Task:
        self.look_count += 1
        self.was_looked_at.set()
        if task_id in self.cancelled:
            return Task(TaskState.CANCELLED)
        if task_id not in self.tasks:
            raise ResourceNotFound
        look = self.looks.popleft() if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, QuartetError):
            raise look
        return look

    async def cancel(self, task_id: str) -> None:
        self.cancelled.append(task_id)

    async def download(self, output: str, into: Path, *, max_bytes: int) -> None:
        if self.downloads:
            raise self.downloads.popleft()
        await asyncio.to_thread(write_film, into)

    async def aclose(self) -> None:
        pass


class Bench:
    """The stores of the video service, its two vendors, scripted, and workers of your own."""

    def __init__(self, url: str, nats: Nats, stores: Stores, stack: AsyncExitStack) -> None:
        self._url = url
        self._nats = nats
        self._stack = stack
        self.stores = stores
        self.runway, self.google = ScriptedVideos("runway"), ScriptedVideos("google")
        self.events: list[Any] = []
        self._told = asyncio.Condition()

    async def job(self, **changes: Any) -> Stored:
        """Store a job as it stands after an order, or in another state."""
        now, user_id = datetime.now(UTC), uuid4().int >> 90
        wanted = Specification("A cat on a surfboard", "", 5, AspectRatio.WIDE)
        job = Job(uuid4().hex, Owner(user_id, user_id), wanted, now, now)
        stored, _ = await self.stores.jobs.create(replace(job, **changes))
        await self.stores.allowances.reserve(user_id, job.job_id, 5)
        return stored

    async def order(self, prompt: str = "A cat on a surfboard", **specified: Any) -> Stored:
        """Store a job and put it into the queue."""
        stored = await self.job()
        wanted = replace(stored.job.specification, prompt=prompt, **specified)
        stored = await self.change(stored, lambda job: replace(job, specification=wanted))
        sequence = await self.stores.queue.put(stored.job)
        return await self.change(stored, lambda job: job.queued(sequence))

    async def worker(self, failpoints: str = "", **variables: Any) -> Work:
        """Start a worker; its connection is its own."""
        nats = await self._stack.enter_async_context(connect(self._url, name="worker"))
        chosen = settings(self._url, **variables)
        usage = await self._stack.enter_async_context(publishing_usage(nats, chosen, service="video-worker"))
        opened = open_work(
            chosen,
            nats,
            usage,
            {"runway": self.runway, "google": self.google},
            metrics=VideoMetrics(CollectorRegistry()),
            failpoints=Failpoints(failpoints, Environment.TEST),
        )
        return await self._stack.enter_async_context(opened)

    async def now(self, stored: Stored) -> Job:
        """Read a job as it stands."""
        found = await self.stores.jobs.get(stored.job.owner.user_id, stored.job.job_id)
        assert found is not None, "the job is gone"
        return found.job

    async def change(self, stored: Stored, changed: Callable[[Job], Job]) -> Stored:
        """Change a job behind the workers' backs."""
        found = await self.stores.jobs.get(stored.job.owner.user_id, stored.job.job_id)
        assert found is not None, "the job is gone"
        return await self.stores.jobs.change(found, changed)

    async def seconds_left(self, stored: Stored) -> int:
        return (await self.stores.allowances.of(stored.job.owner.user_id)).seconds_left

    async def cancel(self, stored: Stored) -> None:
        """Ask whoever works on a job to end it."""
        await self.change(stored, Job.wanting_cancellation)
        await self._nats.client.publish(f"quartet.video.cancel.{stored.job.job_id}", b"")

    def told(self, stored: Stored, kind: type[Any] | None = None) -> list[Any]:
        """What the world has been told of a job, without repetitions."""
        return [
            event
            for event in self.events
            if (event.job_id if isinstance(event, pb.VideoJobTroubled) else event.job.job_id)
            == stored.job.job_id
            and (kind is None or isinstance(event, kind))
        ]

    async def until_told(self, stored: Stored, kind: type[Any]) -> Any:
        async with asyncio.timeout(PATIENCE_SECONDS), self._told:
            await self._told.wait_for(lambda: self.told(stored, kind))
        return self.told(stored, kind)[0]

    async def until_out_of_the_queue(self, stored: Stored) -> None:
        job = await self.now(stored)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.stores.queue.holds(job):  # noqa: ASYNC110 - the queue tells nobody
                await asyncio.sleep(0.05)

    async def take(self, message: Msg) -> None:
        kind = EVENTS.get((message.headers or {}).get("ce-type", ""))
        if kind is not None:
            async with self._told:
                self.events.append(kind.FromString(message.data))
                self._told.notify_all()


def work_of(stored: Stored, *, deliveries: int = 1) -> Event[VideoWork]:
    """The message of a job as the queue delivers it."""
    work = VideoWork(user_id=stored.job.owner.user_id, job_id=stored.job.job_id)
    return Event(
        f"{stored.job.job_id}.0", "/quartet/video", stored.job.job_id, datetime.now(UTC), work, deliveries
    )


def settings(url: str, **variables: Any) -> WorkerSettings:
    """Settings with both vendors, which are quick in everything."""
    quick: dict[str, Any] = {
        "nats_url": url,
        "quartet_environment": Environment.TEST,
        "runwayml_base_url": "http://127.0.0.1:9",
        "google_base_url": "http://127.0.0.1:9",
        "video_submit_seconds": 1.0,
        "video_poll_seconds": 0.02,
        "video_max_attempts": 3,
        "video_store_bytes": 50_000_000,
    }
    return WorkerSettings(**{**quick, **variables})


@asynccontextmanager
async def bench(url: str) -> AsyncIterator[Bench]:
    """Open the stores at a server."""
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(url, name="bench"))
        usage = await stack.enter_async_context(publishing_usage(nats, settings(url), service="bench"))
        bench = Bench(url, nats, await open_stores(settings(url), nats, usage), stack)
        await nats.client.subscribe(f"{SUBJECTS}.*", cb=bench.take)
        yield bench


def is_waiting(job: Job) -> bool:
    """Whether a job is in the queue for another time."""
    return job.state is State.PENDING and job.not_before is not None
