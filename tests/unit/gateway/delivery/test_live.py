import asyncio
import itertools
from collections.abc import Iterator

import pytest
import structlog.testing

from services.gateway.delivery.live import Latest, LiveAnswer
from services.gateway.rendering import MAX_TEXT_UTF16

PATIENCE_SECONDS = 5.0


class Screen:
    """A view that remembers what it showed."""

    thought_seconds = 60.0

    def __init__(self, failure: Exception | None = None) -> None:
        self.shown: list[str] = []
        self.changed = asyncio.Event()
        self._failure = failure

    async def think(self) -> None:
        self.shown.append("…")

    async def show(self, latest: Latest) -> None:
        if self._failure:
            self.changed.set()
            raise self._failure
        self.shown.append(latest(MAX_TEXT_UTF16).text)
        self.changed.set()

    def intervals_seconds(self) -> Iterator[float]:
        return itertools.repeat(0.0)

    async def close(self) -> None:
        return


async def until_shown(screen: Screen, text: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while text not in screen.shown:
            screen.changed.clear()
            await screen.changed.wait()


async def test_a_growing_answer_is_shown_and_its_first_text_is_noticed() -> None:
    screen, firsts = Screen(), list[bool]()
    live = LiveAnswer(screen, on_first_text=lambda: firsts.append(True))
    for text in ("So", "So far", "So far so good"):
        live.update(text)
        await until_shown(screen, text)
    await live.close()
    assert screen.shown == ["So", "So far", "So far so good"]
    assert firsts == [True]


@pytest.mark.parametrize("turns_of_the_loop", range(4))
async def test_closing_within_moments_of_the_last_words_ends_the_showing(turns_of_the_loop: int) -> None:
    live = LiveAnswer(Screen(), on_first_text=lambda: None)
    await asyncio.sleep(0)
    live.update("the last words")
    for _ in range(turns_of_the_loop):
        await asyncio.sleep(0)
    closing = asyncio.create_task(live.close())
    done, _ = await asyncio.wait({closing}, timeout=PATIENCE_SECONDS)
    assert done


async def test_a_cancellation_while_closing_reaches_the_caller() -> None:
    live = LiveAnswer(Screen(), on_first_text=lambda: None)
    closing = asyncio.create_task(live.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait({closing})
    assert closing.cancelled()


async def test_a_showing_that_fails_does_not_harm_the_answer() -> None:
    screen, firsts = Screen(ValueError("a bug")), list[bool]()
    live = LiveAnswer(screen, on_first_text=lambda: firsts.append(True))
    live.update("text")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await screen.changed.wait()
    with structlog.testing.capture_logs() as logs:
        await live.close()
    assert firsts == []
    assert [line["event"] for line in logs] == ["live_answer_failed"]
