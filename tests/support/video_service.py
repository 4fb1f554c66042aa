import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import aiohttp
from nats.aio.msg import Msg
from quartet.common.v1.actor_pb2 import Actor
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.media_pb2 import Media
from quartet.video.v1 import video_events_pb2 as events
from quartet.video.v1 import video_job_pb2
from quartet.video.v1 import video_service_pb2 as pb
from quartet.video.v1.video_desk_service_pb2_grpc import VideoDeskServiceStub
from quartet.video.v1.video_service_pb2_grpc import VideoServiceStub

from services.chassis.client import channel
from services.chassis.environment import Environment
from services.chassis.events import registry
from services.chassis.jetstream import Nats, connect
from services.video.__main__ import main
from services.video.app import Stores, open_stores
from services.video.endings import SUBJECTS
from services.video.jobs import Stored
from services.video.queue import STREAM
from services.video.settings import VideoSettings
from tests.support.ports import free_port
from tests.support.usage_published import publishing_usage

PATIENCE_SECONDS: Final = 10.0
KINDS: Final = registry(
    events.VideoJobProgressed,
    events.VideoJobSucceeded,
    events.VideoJobFailed,
    events.VideoJobCancelled,
    events.VideoJobTroubled,
)
State = video_job_pb2.VideoJobState
OPERATOR: Final = Actor(user_id=77)


def somebody() -> Caller:
    """A user whom no other test knows, in their own chat."""
    user_id = uuid4().int >> 90
    return Caller(user_id=user_id, chat_id=user_id, language_code="en")


class VideoCaller:
    """A client of the video service, as the gateway is one; `caller` is who asks unless told otherwise."""

    def __init__(self, stub: Any, settings: VideoSettings, desk: Any) -> None:
        self._stub = stub
        self.desk = desk
        self.settings = settings
        self.caller = somebody()

    async def order(
        self, prompt: str = "A cat", *, request_id: str = "", caller: Caller | None = None, **fields: Any
    ) -> pb.CreateVideoJobResponse:
        """Place an order; `first_frame` may be bytes, and what a specification has is put into it."""
        frame = fields.pop("first_frame", b"")
        frame_of = fields.pop("first_frame_of_job_id", "")
        request = pb.CreateVideoJobRequest(
            request_id=request_id or uuid4().hex,
            caller=caller or self.caller,
            specification=video_job_pb2.VideoSpecification(prompt=prompt, **fields),
            first_frame=Media(content=frame) if frame else None,
            first_frame_of_job_id=frame_of,
        )
        response: pb.CreateVideoJobResponse = await self._stub.CreateVideoJob(request, wait_for_ready=True)
        return response

    async def get(self, job_id: str, caller: Caller | None = None) -> video_job_pb2.VideoJob:
        request = pb.GetVideoJobRequest(caller=caller or self.caller, job_id=job_id)
        job: video_job_pb2.VideoJob = (await self._stub.GetVideoJob(request, wait_for_ready=True)).job
        return job

    async def listed(self, caller: Caller | None = None, **fields: Any) -> pb.ListVideoJobsResponse:
        request = pb.ListVideoJobsRequest(caller=caller or self.caller, **fields)
        response: pb.ListVideoJobsResponse = await self._stub.ListVideoJobs(request, wait_for_ready=True)
        return response

    async def cancel(self, job_id: str, caller: Caller | None = None) -> video_job_pb2.VideoJob:
        request = pb.CancelVideoJobRequest(caller=caller or self.caller, job_id=job_id)
        job: video_job_pb2.VideoJob = (await self._stub.CancelVideoJob(request, wait_for_ready=True)).job
        return job

    async def delete(self, job_id: str, caller: Caller | None = None) -> None:
        request = pb.DeleteVideoJobRequest(caller=caller or self.caller, job_id=job_id)
        await self._stub.DeleteVideoJob(request, wait_for_ready=True)

    async def fetch(self, job_id: str, caller: Caller | None = None, **fields: Any) -> bytes:
        request = pb.FetchVideoRequest(caller=caller or self.caller, job_id=job_id, **fields)
        pieces = self._stub.FetchVideo(request, wait_for_ready=True)
        return b"".join([piece.content async for piece in pieces])

    async def models(self) -> list[pb.VideoModel]:
        response = await self._stub.ListVideoModels(pb.ListVideoModelsRequest(), wait_for_ready=True)
        return list(response.models)

    async def allowance(self, caller: Caller | None = None) -> pb.GetVideoAllowanceResponse:
        request = pb.GetVideoAllowanceRequest(caller=caller or self.caller)
        response: pb.GetVideoAllowanceResponse = await self._stub.GetVideoAllowance(
            request, wait_for_ready=True
        )
        return response

    async def metrics(self) -> str:
        url = f"http://127.0.0.1:{self.settings.metrics_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()


class BackRoom:
    """What stands behind the service: its stores, its queue, and what it tells the world."""

    def __init__(self, nats: Nats, stores: Stores) -> None:
        self.nats = nats
        self.stores = stores
        self._told: list[Any] = []
        self._heard = asyncio.Condition()

    async def stored(self, job: video_job_pb2.VideoJob) -> Stored:
        found = await self.stores.jobs.get(job.caller.user_id, job.job_id)
        assert found is not None, "the job is gone"
        return found

    async def queued_count(self) -> int:
        return (await self.nats.js.stream_info(STREAM)).state.messages

    async def lose(self, stored: Stored) -> None:
        """Have the queue lose the message of a job."""
        await self.nats.js.delete_msg(STREAM, stored.job.work_sequence)

    async def told(self, job_id: str, kind: type[Any]) -> Any:
        """Wait until the world has been told so of a job."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._heard:
            await self._heard.wait_for(lambda: self._of(job_id, kind))
        return self._of(job_id, kind)[0]

    def _of(self, job_id: str, kind: type[Any]) -> list[Any]:
        of_kind = [event for event in self._told if isinstance(event, kind)]
        return [
            event for event in of_kind if getattr(event, "job_id", "") == job_id or _job_id(event) == job_id
        ]

    async def hear(self, message: Msg) -> None:
        kind = KINDS.get((message.headers or {}).get("ce-type", ""))
        if kind is not None:
            async with self._heard:
                self._told.append(kind.FromString(message.data))
                self._heard.notify_all()


def _job_id(event: Any) -> str:
    return str(event.job_id if isinstance(event, events.VideoJobTroubled) else event.job.job_id)


def video_settings(nats_url: str, **settings: Any) -> VideoSettings:
    """Settings with one vendor, whom the service itself never asks."""
    return VideoSettings(
        **{
            "environment": Environment.TEST,
            "nats_url": nats_url,
            "grpc_port": free_port(),
            "metrics_port": free_port(),
            "grace_seconds": 1.0,
            "operator_ids": frozenset({OPERATOR.user_id}),
            "runwayml_base_url": "http://127.0.0.1:9",
            "video_store_bytes": 100_000_000,
            "video_store_timeout_seconds": 5.0,
            **settings,
        }
    )


@asynccontextmanager
async def video_service(nats_url: str, **settings: Any) -> AsyncIterator[VideoCaller]:
    """Run the whole service on this loop, composed as in production, without a worker, and connect to it."""
    async with video_services(nats_url, 1, **settings) as (caller,):
        yield caller


@asynccontextmanager
async def video_services(nats_url: str, count: int, **settings: Any) -> AsyncIterator[list[VideoCaller]]:
    """Run so many replicas."""
    stop, callers = asyncio.Event(), list[VideoCaller]()
    async with AsyncExitStack() as stack:
        chosen = [video_settings(nats_url, **settings) for _ in range(count)]
        replicas = [asyncio.create_task(main(each, stop)) for each in chosen]
        for each in chosen:
            opened = await stack.enter_async_context(channel(f"ipv4:127.0.0.1:{each.grpc_port}"))
            callers.append(VideoCaller(VideoServiceStub(opened), each, VideoDeskServiceStub(opened)))
        try:
            yield callers
        finally:
            stop.set()
            await asyncio.gather(*replicas)


@asynccontextmanager
async def back_room(nats_url: str, **settings: Any) -> AsyncIterator[BackRoom]:
    """Open the stores beside the service; the settings are to be the same."""
    chosen = video_settings(nats_url, **settings)
    async with (
        connect(nats_url, name="back-room") as nats,
        publishing_usage(nats, chosen, service="back-room") as usage,
    ):
        room = BackRoom(nats, await open_stores(chosen, nats, usage))
        await nats.client.subscribe(f"{SUBJECTS}.*", cb=room.hear)
        await nats.client.flush()
        yield room
