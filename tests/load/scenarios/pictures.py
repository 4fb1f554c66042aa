import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Final

import aiohttp
from openai import AsyncOpenAI

from services.chassis.client import channel
from services.gateway.dialogue import Speaker
from services.gateway.image_client import ImageClient
from services.gateway.pictures import Kind, Order, Picture
from tests.load.figures import Figures, milliseconds, percentile, rounded
from tests.load.first_tokens import vendor
from tests.load.house import vendors_of
from tests.load.progress import tell, warn_if_busy
from tests.support.processes import RealProcess
from tests.support.stack import running_stack

MODEL: Final = "gpt-image-2.6-flare"
ONE_BY_ONE: Final = 20
VENDOR_SECONDS: Final = 1.0
IN_FLIGHT: Final = 100
LARGE_BYTES: Final = 4_000_000
LARGE_SECONDS: Final = 8.0
AT_ONCE: Final = 20
PICTURES: Final = 200
TIMEOUT_SECONDS: Final = 180.0
WATCH_SECONDS: Final = 0.05


async def pictures(directory: Path) -> Figures:
    """What drawing adds to the vendor's own time, what 100 large pictures at once take, pictures a minute.

    The picture's whole way is timed: from the call to its last byte, kept and in the form for messengers;
    beside it the vendor's own SDK, from the call to the picture. The stand-in's drawing shares the machine.
    """
    async with (
        running_stack(directory, gateways=0, image=True, IMAGE_MAX_PER_USER="1000") as stack,
        aiohttp.ClientSession() as session,
        vendor(stack.openai_url) as client,
        channel(stack.image_target) as to_image,
    ):
        [stand_in] = vendors_of(stack, session)
        images = ImageClient(to_image, timeout_seconds=TIMEOUT_SECONDS)
        process = stack.processes["image"]
        warn_if_busy()
        await stand_in.pace(picture_seconds=VENDOR_SECONDS)
        added = await _added(client, images)
        await stand_in.pace(picture_seconds=LARGE_SECONDS, picture_bytes=LARGE_BYTES)
        large = await _in_flight(images, process)
        await stand_in.pace(picture_seconds=0.0)
        return {**added, **large, **await _throughput(images, process)}


async def _added(client: AsyncOpenAI, images: ImageClient) -> Figures:
    """One at a time, in turns, so that whatever else the machine does meets both."""
    tell(f"{ONE_BY_ONE} pictures, one by one, by each way")
    ways: dict[str, Callable[[int], Awaitable[float]]] = {
        "direct": lambda number: _directly(client, number),
        "image": lambda number: _drawn(images, f"one.{number}"),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(ONE_BY_ONE + 1):
        for way in random.sample(list(ways), len(ways)):
            took = await ways[way](number)
            if number:  # the first one opens connections
                seconds[way].append(took)
    figures: Figures = {}
    for percent in (50, 99):
        own, direct = percentile(seconds["image"], percent), percentile(seconds["direct"], percent)
        figures[f"direct_ms_p{percent}"] = milliseconds(direct)
        figures[f"added_ms_p{percent}"] = milliseconds((own or 0.0) - (direct or 0.0))
    return figures


async def _in_flight(images: ImageClient, process: RealProcess) -> Figures:
    tell(f"{IN_FLIGHT} pictures of {LARGE_BYTES / 1e6:.0f} MB at once")
    before = process.family_rss_mb()
    peak: list[float] = []
    watching = asyncio.create_task(_watch(process, peak))
    drawing = (_drawn(images, f"large.{number}") for number in range(IN_FLIGHT))
    outcomes = await asyncio.gather(*drawing, return_exceptions=True)
    watching.cancel()
    took = [outcome for outcome in outcomes if isinstance(outcome, float)]
    return {
        "in_flight": IN_FLIGHT,
        "in_flight_drawn": len(took),
        "in_flight_p50_s": rounded(percentile(took, 50)),
        "rss_mb_before": rounded(before, 1),
        "rss_mb_peak": rounded(max(peak), 1),
    }


async def _watch(process: RealProcess, seen: list[float]) -> None:
    while True:
        seen.append(process.family_rss_mb())
        await asyncio.sleep(WATCH_SECONDS)


async def _throughput(images: ImageClient, process: RealProcess) -> Figures:
    tell(f"{PICTURES} pictures, {AT_ONCE} at once, of a vendor that takes no time")
    turnstile = asyncio.Semaphore(AT_ONCE)

    async def draw(number: int) -> None:
        async with turnstile:
            await _drawn(images, f"quick.{number}")

    began, cpu = time.monotonic(), process.family_cpu_seconds()
    await asyncio.gather(*map(draw, range(PICTURES)))
    seconds = time.monotonic() - began
    return {
        "pictures_per_minute": rounded(PICTURES / seconds * 60, 0),
        "cpu_s_per_picture": rounded((process.family_cpu_seconds() - cpu) / PICTURES, 4),
    }


async def _directly(client: AsyncOpenAI, number: int) -> float:
    began = time.monotonic()
    async with await client.images.generate(
        model=MODEL, prompt=_prompt(str(number)), stream=True, partial_images=2, output_format="png"
    ) as events:
        async for _ in events:
            pass
    return time.monotonic() - began


async def _drawn(images: ImageClient, name: str) -> float:
    began = time.monotonic()
    order = Order(f"load.{name}", Speaker(1, 1, "ru"), Kind.DRAW, prompt=_prompt(name))
    picture = None
    async with aclosing(images.draw(order)) as pieces:
        async for piece in pieces:
            picture = piece
    if not isinstance(picture, Picture):
        raise ValueError("the image service drew nothing")
    return time.monotonic() - began


def _prompt(name: str) -> str:
    return f"Кот номер {name} на крыше, акварель"
