import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from tests.chaos.crowd import CANCELLING
from tests.load.figures import Figures, percentile, rounded
from tests.load.progress import tell, warn_if_busy
from tests.support.processes import RealProcess
from tests.support.runway import RunwayStandIn
from tests.support.stack import WORKER, running_stack
from tests.support.telegram import Json, SandboxTelegram

ORDERS: Final = 50
FILM_SECONDS: Final = 5.0
HELD: Final = 300
HELD_SECONDS: Final = 90.0
PATIENCE_SECONDS: Final = 240.0
POLL_SECONDS: Final = 1.0
WATCH_SECONDS: Final = 0.2


@dataclass
class Ordered:
    """One order: when it was sent, when it was answered, when the video stood there. Unix seconds."""

    user_id: int
    prompt: str
    sent_at: float
    queued_at: float = 0.0
    shown_at: float = 0.0


async def videos(directory: Path) -> Figures:
    """Time from an order to "queued", from the vendor's success to the chat; jobs that one worker holds.

    One worker, asked every second; the films are made by the stand-in, which shares the machine.
    """
    opened = running_stack(
        directory,
        video=True,
        VIDEO_POLL_SECONDS=str(POLL_SECONDS),
        VIDEO_WORKER_JOBS=str(HELD),
        SANDBOX_RUNWAY_CONCURRENCY=str(HELD),
    )
    async with (
        opened as stack,
        aiohttp.ClientSession() as session,
        SandboxTelegram(stack.telegram_url) as telegram,
    ):
        await telegram.limits(enabled=False)
        runway, worker = RunwayStandIn(session, stack.runway_url), stack.processes[WORKER]
        await runway.pace(film_seconds=FILM_SECONDS, concurrency=HELD)
        warn_if_busy()
        tell(f"{ORDERS} orders, one after the other, half a second apart")
        orders: list[Ordered] = []
        async with asyncio.TaskGroup() as watching:
            for number in range(ORDERS):
                orders.append(await _order(telegram, f"видео {number:03}", 0.5))
                watching.create_task(_watch(telegram, orders[-1]))
        ended = {task["prompt"]: task["ended_at"] for task in await runway.tasks()}
        tell(f"{HELD} jobs held by one worker")
        idle_mb = worker.rss_mb()
        held = await _held(telegram, runway, worker)
        return {
            "orders": len(orders),
            **_percentiles("queued_s", [each.queued_at - each.sent_at for each in orders]),
            **_percentiles(
                "delivered_after_vendor_s", [each.shown_at - ended[each.prompt] for each in orders]
            ),
            "worker_rss_idle_mb": rounded(idle_mb, 1),
            **held,
        }


async def _order(telegram: SandboxTelegram, prompt: str, pause_seconds: float) -> Ordered:
    user_id = await telegram.add_user("Заказчик", "ru")
    mark = telegram.mark()
    order = Ordered(user_id, prompt, time.time())
    await telegram.send(user_id, f"/video {prompt}")
    await telegram.wait_for(chat_id=user_id, where=_waits, after=mark, timeout_seconds=PATIENCE_SECONDS)
    order.queued_at = time.time()
    await asyncio.sleep(pause_seconds)
    return order


async def _watch(telegram: SandboxTelegram, order: Ordered) -> None:
    await telegram.wait_for(chat_id=order.user_id, where=_is_video, timeout_seconds=PATIENCE_SECONDS)
    order.shown_at = time.time()


async def _held(telegram: SandboxTelegram, runway: RunwayStandIn, worker: RealProcess) -> Figures:
    await runway.pace(film_seconds=HELD_SECONDS, concurrency=HELD)
    began_at, cpu_seconds = time.monotonic(), worker.cpu_seconds()
    ordering = asyncio.gather(*(_order(telegram, f"держу {number:03}", 0.0) for number in range(HELD)))
    running, peak_mb = 0, 0.0
    # Films end while the last are still being ordered, so the most at once is what counts.
    while not ordering.done() or time.monotonic() - began_at < HELD_SECONDS:
        tasks = await runway.tasks("держу")
        running = max(running, sum(task["status"] == "RUNNING" for task in tasks))
        peak_mb = max(peak_mb, worker.rss_mb())
        await asyncio.sleep(WATCH_SECONDS)
    await ordering
    return {
        "held_jobs": running,
        "worker_rss_held_mb": rounded(peak_mb, 1),
        "worker_cpu_share_held": rounded(
            (worker.cpu_seconds() - cpu_seconds) / (time.monotonic() - began_at), 2
        ),
    }


def _waits(event: Json) -> bool:
    return CANCELLING in str((event.get("message") or {}).get("reply_markup"))


def _is_video(event: Json) -> bool:
    return "video" in (event.get("message") or {})


def _percentiles(name: str, values: Sequence[float]) -> Figures:
    return {f"{name}_p{percent}": rounded(percentile(values, percent)) for percent in (50, 99)}
