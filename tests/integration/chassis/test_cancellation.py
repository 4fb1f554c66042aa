import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.chassis.errors import DeadlineExceeded
from tests.integration.chassis.rpc import KINDS, Caller, probing

# The promise of a stop: from the tap to the vendor's closed connection.
PROMPT_SECONDS = 0.5


class Answer:
    """A handler that tells when it was left."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.left = asyncio.Event()

    async def waiting(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        """Answer once, then never again."""
        try:
            yield b"first"
            self.begun.set()
            await asyncio.Event().wait()
        finally:
            self.left.set()

    async def flooding(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        """Answer more than the reader takes, so that the handler hangs in a write."""
        try:
            while True:
                self.begun.set()
                yield bytes(100_000)
        finally:
            self.left.set()


@pytest.mark.parametrize("kind", KINDS)
async def test_cancelling_the_callers_task_cancels_the_handler(kind: str) -> None:
    answer = Answer()
    async with probing(answer.waiting) as caller:
        task = asyncio.create_task(caller.parts(kind, b""))
        await answer.begun.wait()

        task.cancel()

        await asyncio.wait_for(answer.left.wait(), PROMPT_SECONDS)
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("kind", ["unary_stream", "stream_stream"])
async def test_cancelling_the_call_cancels_the_handler(kind: str) -> None:
    answer = Answer()
    async with probing(answer.waiting) as caller:
        call = caller.stream(b"", kind=kind)
        assert await call.read() == b"first"

        call.cancel()

        await asyncio.wait_for(answer.left.wait(), PROMPT_SECONDS)


async def test_a_handler_that_hangs_in_a_write_is_cancelled_too() -> None:
    answer = Answer()
    async with probing(answer.flooding) as caller:
        call = caller.stream(b"")
        await call.read()
        await answer.begun.wait()

        call.cancel()

        await asyncio.wait_for(answer.left.wait(), PROMPT_SECONDS)


async def test_a_reader_that_leaves_its_loop_takes_the_handler_along() -> None:
    answer = Answer()
    async with probing(answer.waiting) as caller:
        await _read_first(caller)

        await asyncio.wait_for(answer.left.wait(), PROMPT_SECONDS)


async def _read_first(caller: Caller) -> bytes:
    async for part in caller.stream(b""):
        received: bytes = part
        return received
    raise AssertionError("no answer")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deadline_ends_both_sides(kind: str) -> None:
    answer = Answer()
    async with probing(answer.waiting) as caller:
        with pytest.raises(DeadlineExceeded):
            await caller.parts(kind, b"", timeout=0.2)

        await asyncio.wait_for(answer.left.wait(), PROMPT_SECONDS)


async def test_a_unary_call_has_a_deadline_and_a_stream_has_none() -> None:
    remaining: list[float | None] = []

    async def tell(request: bytes, context: Any) -> AsyncIterator[bytes]:
        remaining.append(context.time_remaining())
        yield b""

    async with probing(tell) as caller:
        for kind in KINDS:
            await caller.parts(kind, b"")

    assert remaining[0] is not None
    assert 5 < remaining[0] <= 10
    assert remaining[1:] == [None, None, None]
