import re
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

import nats.errors
import structlog
from nats.js.errors import APIError

from services.chassis.errors import InvalidRequest, ResourceNotFound, ServiceUnavailable, Violation
from services.video.job import Job, State
from services.video.jobs import Jobs, Stored
from services.video.order import Order
from services.video.orders import Orders, Outlook

log = structlog.get_logger()

REPEATED: Final = re.compile(r"(?P<original>.+)\.again(?P<number>[1-9][0-9]{0,3})")
RETRIABLE: Final = (State.FAILED, State.CANCELLED)


@dataclass(frozen=True)
class Overview:
    """The jobs of all users: some of them, and how many there are in each state."""

    jobs: list[Stored]
    counts: Counter[State]


class Oversight:
    """What operators may see and do with the jobs of all users. Methods raise QuartetError."""

    def __init__(self, jobs: Jobs, orders: Orders) -> None:
        self._jobs = jobs
        self._orders = orders

    async def overview(self, most: int, *, only_under_way: bool) -> Overview:
        """Those under way first, then the newest."""
        counts: Counter[State] = Counter()
        chosen: list[Stored] = []
        try:
            async with aclosing(self._jobs.all()) as found:
                async for stored in found:
                    counts[stored.job.state] += 1
                    if not (only_under_way and stored.job.state.is_final):
                        chosen.append(stored)
                    if len(chosen) >= 4 * most:
                        chosen = nlargest(most, chosen, key=_urgency)
        except (nats.errors.Error, APIError, TimeoutError) as error:
            raise ServiceUnavailable("the jobs cannot be read now") from error
        return Overview(nlargest(most, chosen, key=_urgency), counts)

    async def cancel(self, user_id: int, job_id: str) -> Outlook:
        job = (await self._find(user_id, job_id)).job
        return await self._orders.cancel(job.job_id, job.owner)

    async def retry(self, user_id: int, job_id: str) -> Outlook:
        """Order anew what has failed. A retry that is under way, or that has worked, is not made again."""
        stored = await self._find(user_id, job_id)
        original, number = _split(job_id)
        while True:
            if stored.job.state not in RETRIABLE:
                if stored.job.job_id == job_id:
                    raise InvalidRequest(violations=[Violation("job_id", "is of a job that has not failed")])
                return await self._orders.outlook(stored)
            number += 1
            following = await self._jobs.get(user_id, f"{original}.again{number}")
            if following is None:
                break
            stored = following
        log.info("video_retried", job_id=job_id, number=number)
        return await self._orders.place(_again(stored.job, f"{original}.again{number}"))

    async def _find(self, user_id: int, job_id: str) -> Stored:
        found = await self._jobs.get(user_id, job_id)
        if found is None:
            raise ResourceNotFound("there is no such video", metadata={"resource": "video"})
        return found


def _again(job: Job, job_id: str) -> Order:
    wanted = job.specification
    return Order(
        job_id=job_id,
        owner=job.owner,
        prompt=wanted.prompt,
        model=wanted.model,
        duration_seconds=wanted.duration_seconds,
        aspect_ratio=wanted.aspect_ratio,
        first_frame_of=job.job_id if wanted.first_frame else "",
    )


def _split(job_id: str) -> tuple[str, int]:
    """The id of the first order, and which repetition of it this is."""
    found = REPEATED.fullmatch(job_id)
    return (found["original"], int(found["number"])) if found else (job_id, 0)


def _urgency(stored: Stored) -> tuple[bool, float]:
    return not stored.job.state.is_final, stored.job.created_at.timestamp()
