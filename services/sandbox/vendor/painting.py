import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from aiohttp import ClientConnectionResetError, web

from services.sandbox.vendor import pictures
from services.sandbox.vendor.answering import HEADERS
from services.sandbox.vendor.drawing import draw
from services.sandbox.vendor.faults import Fault, FaultKind
from services.sandbox.vendor.journal import Call, Drawn, Outcome, SentPicture
from services.sandbox.vendor.orders import Order
from services.sandbox.vendor.pacing import ClientGone, Line
from services.sandbox.vendor.state import State

SLOWER: Final = 10.0
SLICE_BYTES: Final = 256 * 1024
GARBAGE: Final = b"This is not a picture. " * 100
# What does not keep the answer from coming to its end.
HARMLESS: Final = frozenset({None, FaultKind.SLOW, FaultKind.GARBAGE})
# What comes to light when the picture is there.
LATE: Final = HARMLESS | {FaultKind.MODERATION_OUTPUT}


class PictureWire(Protocol):
    """How a vendor's API puts a picture into bytes: server-sent events, but for `whole`."""

    def refused(self, fault: Fault) -> web.Response | None:
        """Return the vendor's answer to a fault at once, or None if it strikes later."""
        ...

    def preview(self, index: int, picture: bytes) -> bytes: ...

    def completed(self, picture: bytes) -> bytes: ...

    def failed(self, fault: Fault) -> bytes:
        """Return how a stream ends instead of a picture."""
        ...

    def whole(self, picture: bytes) -> bytes: ...

    def whole_failed(self, fault: Fault) -> web.Response: ...


async def paint(
    state: State, request: web.Request, order: Order, wire: Callable[[Call], PictureWire]
) -> web.StreamResponse:
    """Draw what makes sense to draw, and write it into the journal."""
    call = state.journal.open(request.path, order.model, order.prompt, time.time())
    sent = [
        SentPicture(item.mime_type, item.picture.width, item.picture.height, len(item.content))
        for item in order.sent
    ]
    drawn = Drawn(order.prompt, str(order.size), order.format, order.preview_count, sent)
    call.drawn = drawn
    state.journal.keep_sent(call, [item.content for item in order.sent])
    try:
        return await _Painting(state, order, wire(call), call, drawn, request).run()
    except (ClientGone, ClientConnectionResetError):
        return web.Response(status=499)  # nobody is there to read it


class _Painting:
    """One picture on its way: drawn, paced, and troubled by at most one fault."""

    def __init__(
        self, state: State, order: Order, wire: PictureWire, call: Call, drawn: Drawn, request: web.Request
    ) -> None:
        self._pace = state.pace
        self._journal = state.journal
        self._order = order
        self._wire = wire
        self._call = call
        self._drawn = drawn
        self._request = request
        self._line = Line(request)
        self._fault = state.faults.take(order.prompt, order.model)
        self._kind = self._fault.kind if self._fault else None
        self._started_at = asyncio.get_running_loop().time()

    async def run(self) -> web.StreamResponse:
        """Answer, and write into the journal what became of it."""
        self._journal.active_streams += 1
        try:
            return await self._answer()
        except (ClientGone, ClientConnectionResetError, asyncio.CancelledError):
            self._call.outcome = Outcome.CLIENT_GONE
            raise
        finally:
            self._journal.active_streams -= 1
            self._call.ended_at = time.time()

    async def _answer(self) -> web.StreamResponse:
        if self._fault and (refused := self._wire.refused(self._fault)):
            self._call.outcome = Outcome.FAULT
            return refused
        if self._fault and self._kind is FaultKind.HANG and not self._fault.after_previews:
            await self._line.wait_for_ever()
        return await (self._stream() if self._order.is_stream else self._whole())

    async def _whole(self) -> web.StreamResponse:
        _, file = await asyncio.to_thread(self._draw)
        await self._due(1.0)
        if self._fault and self._kind not in HARMLESS:
            self._call.outcome = Outcome.FAULT
            await self._break_off()
            return self._wire.whole_failed(self._fault)
        body = await asyncio.to_thread(self._packed, self._wire.whole, file)
        self._call.outcome = Outcome.COMPLETED
        return web.Response(body=body, content_type="application/json")

    async def _stream(self) -> web.StreamResponse:
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(self._request)
        previews, file = await asyncio.to_thread(self._draw)
        slots = len(previews) + 1
        coming = previews[: self._previews_before_fault()]
        for index, event in enumerate(coming):
            await self._due((index + 1) / slots)
            await response.write(event)
            self._drawn.previews_sent += 1
            self._call.first_token_at = self._call.first_token_at or time.time()
        if self._fault and self._kind not in HARMLESS:
            await self._due((len(coming) + 0.5) / slots)
            await self._strike(self._fault, response, file)
            return response
        await self._due(1.0)
        last = memoryview(await asyncio.to_thread(self._packed, self._wire.completed, file))
        # In one piece, megabytes would be copied into the buffer of a client that reads slowly.
        for start in range(0, len(last), SLICE_BYTES):
            await response.write(last[start : start + SLICE_BYTES])
        await response.write_eof()
        self._call.outcome = Outcome.COMPLETED
        return response

    def _previews_before_fault(self) -> int | None:
        """Return how many of the previews are sent; None: all of them."""
        return None if self._fault is None or self._kind in LATE else self._fault.after_previews or 0

    async def _strike(self, fault: Fault, response: web.StreamResponse, file: bytes) -> None:
        self._call.outcome = Outcome.FAULT
        if fault.kind is FaultKind.CUT_MID_STREAM:
            event = self._wire.completed(file)
            await response.write(event[: len(event) // 2])
        await self._break_off()
        if fault.kind is not FaultKind.CUT_MID_STREAM:
            await response.write(self._wire.failed(fault))
            await response.write_eof()

    async def _break_off(self) -> None:
        if self._kind is FaultKind.CUT_MID_STREAM:
            self._line.cut()
        elif self._kind is FaultKind.HANG:
            await self._line.wait_for_ever()

    async def _due(self, part: float) -> None:
        """Wait until so much of the time that the picture takes is over."""
        factor = SLOWER if self._kind is FaultKind.SLOW else 1.0
        due_at = self._started_at + self._pace.picture_seconds * factor * part
        await self._line.wait(due_at - asyncio.get_running_loop().time())

    def _draw(self) -> tuple[list[bytes], bytes]:
        """Return the previews, ready to be sent, and the file. What waits for its time is kept small."""
        picture = draw(self._order.drawing())
        write = partial(pictures.write, kind=self._order.format, quality=self._order.quality)
        previews = [
            self._wire.preview(index, write(pictures.coarse(picture, index)))
            for index in range(self._order.preview_count)
        ]
        return previews, write(picture)

    def _packed(self, pack: Callable[[bytes], bytes], file: bytes) -> bytes:
        is_garbage = self._kind is FaultKind.GARBAGE
        whole = GARBAGE if is_garbage else pictures.padded(file, self._pace.picture_bytes)
        self._drawn.file_bytes = len(whole)
        return pack(whole)
