import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Final

import aiohttp
import grpc
from quartet.common.v1.caller_pb2 import Caller
from quartet.video.v1 import video_job_pb2, video_service_pb2
from quartet.video.v1.video_service_pb2_grpc import VideoServiceStub

from tests.chaos.crowd import Crowd, Customer
from tests.chaos.executioner import Executioner
from tests.chaos.plan import VICTIMS, Plan
from tests.chaos.verdict import Verdict, judge
from tests.load.progress import tell
from tests.support.stack import Stack, running_stack
from tests.support.telegram import SandboxTelegram

FILM_SECONDS: Final = 2.0
AFTERMATH_SECONDS: Final = 400.0


async def chaos(directory: Path, *, seed: int, jobs: int, seconds: float) -> Verdict:
    """Run a plan against a fresh stack, let it come to rest, and judge."""
    plan = Plan.of(seed, jobs=jobs, seconds=seconds)
    stack_opened = running_stack(
        directory,
        gateways=2,
        video=True,
        VIDEO_POLL_SECONDS="0.5",
        VIDEO_SWEEP_SECONDS="5",
        SANDBOX_RUNWAY_FILM_SECONDS=str(FILM_SECONDS),
        SANDBOX_RUNWAY_CONCURRENCY="20",
        VIDEO_SUBMIT_SECONDS="5",
    )
    async with stack_opened as stack:
        await stack.add_worker("video-worker-2").start()
        async with SandboxTelegram(stack.telegram_url) as telegram:
            await telegram.limits(enabled=False)
            users = [await telegram.add_user(f"Заказчик {order.number}", "ru") for order in plan.orders]
            customers = [Customer(user, order) for user, order in zip(users, plan.orders, strict=True)]
            began_at = time.monotonic()
            crowd = Crowd(telegram, customers, began_at)
            executioner = Executioner(stack, plan.kills, began_at)
            async with asyncio.TaskGroup() as group:
                group.create_task(crowd.order())
                group.create_task(executioner.run())
            tell(f"{executioner.killed} kills are over; now all of it comes to rest.")
            await asyncio.gather(*(stack.processes[name].wait_until_ready() for name in VICTIMS))
            await crowd.until_served(AFTERMATH_SECONDS)
            return judge(
                seed=seed,
                kills=executioner.killed,
                seconds=time.monotonic() - began_at,
                ordered=len(plan.orders),
                jobs=await _jobs(stack, users),
                results=await crowd.results(),
                tasks=await _tasks(stack),
            )


async def _jobs(stack: Stack, users: list[int]) -> list[video_job_pb2.VideoJob]:
    async with grpc.aio.insecure_channel(stack.video_target) as channel:
        service = VideoServiceStub(channel)
        found: list[video_job_pb2.VideoJob] = []
        for user in users:
            request = video_service_pb2.ListVideoJobsRequest(caller=Caller(user_id=user, chat_id=user))
            found += (await service.ListVideoJobs(request)).jobs
        return found


async def _tasks(stack: Stack) -> Counter[str]:
    """How many tasks the vendor has been given for each prompt."""
    async with aiohttp.ClientSession() as session, session.get(f"{stack.runway_url}/control/tasks") as answer:
        return Counter(task["prompt"] for task in await answer.json())
