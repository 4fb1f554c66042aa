import asyncio
import time
from dataclasses import replace
from typing import Final

from aiohttp import ClientConnectionResetError, web

from services.sandbox.vendor import answers, tokens
from services.sandbox.vendor.faults import Fault, FaultKind
from services.sandbox.vendor.journal import Call, Outcome
from services.sandbox.vendor.pacing import ClientGone, Line, Pace, paced
from services.sandbox.vendor.questions import Question
from services.sandbox.vendor.state import State
from services.sandbox.vendor.wire import LONGEST, Usage, Wire

HEADERS: Final = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
SLOW_TOKENS_PER_SECOND: Final = 2.0


class Answering:
    """One answer on its way: composed, paced, and troubled by at most one fault."""

    def __init__(
        self, state: State, question: Question, wire: Wire, call: Call, request: web.Request
    ) -> None:
        self._state = state
        self._question = question
        self._wire = wire
        self._call = call
        self._request = request
        self._line = Line(request)
        self._fault = state.faults.take(question.text, question.model)
        self._started_at = asyncio.get_running_loop().time()
        self._tokens, self._limit_reason = self._compose()

    async def run(self) -> web.StreamResponse:
        """Answer, and write into the journal what became of it."""
        self._state.journal.active_streams += 1
        try:
            return await self._answer()
        except (ClientGone, ClientConnectionResetError, asyncio.CancelledError):
            self._call.outcome = Outcome.CLIENT_GONE
            raise
        finally:
            self._state.journal.active_streams -= 1
            self._call.ended_at = time.time()

    async def _answer(self) -> web.StreamResponse:
        if self._fault and (refused := self._wire.refused(self._fault)):
            self._call.outcome = Outcome.FAULT
            return refused
        if self._fault and self._fault.kind is FaultKind.HANG and not self._fault.after_tokens:
            await self._line.wait_for_ever()
        return await (self._stream() if self._question.is_stream else self._whole())

    async def _whole(self) -> web.StreamResponse:
        pace = self._pace()
        await self._line.wait(pace.first_token_ms / 1000 + len(self._tokens) / pace.tokens_per_second)
        self._call.tokens_sent = len(self._tokens)
        self._call.outcome = Outcome.COMPLETED
        text = "".join(self._tokens)
        return web.json_response(self._wire.whole(text, self._usage(), self._limit_reason))

    async def _stream(self) -> web.StreamResponse:
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(self._request)
        if opening := self._wire.opening():
            await response.write(opening)
        fault = self._fault
        stop_at = fault.after_tokens or 0 if fault and fault.kind is not FaultKind.SLOW else None
        await self._send(response, self._tokens[:stop_at])
        if fault and stop_at is not None:
            await self._strike(fault, response)
            return response
        await response.write(self._ending())
        await response.write_eof()
        self._call.outcome = Outcome.COMPLETED
        return response

    async def _send(self, response: web.StreamResponse, pieces: list[str]) -> None:
        groups = paced(
            pieces,
            self._pace(),
            self._line,
            tick_seconds=self._wire.event_seconds,
            started_at=self._started_at,
            active_streams=self._state.journal.active_streams,
        )
        async for group in groups:
            await response.write(self._wire.deltas(group))
            self._call.first_token_at = self._call.first_token_at or time.time()
            self._call.tokens_sent += len(group)

    async def _strike(self, fault: Fault, response: web.StreamResponse) -> None:
        sent = "".join(self._tokens[: self._call.tokens_sent])
        self._call.outcome = Outcome.FAULT
        match fault.kind:
            case FaultKind.CUT_MID_STREAM:
                self._line.cut()
                return
            case FaultKind.HANG:
                await self._line.wait_for_ever()
            case FaultKind.FAILED_EVENT:
                await response.write(self._wire.failed(fault.code))
            case FaultKind.ERROR_EVENT:
                await response.write(self._wire.error(fault.code))
            case FaultKind.INCOMPLETE:
                reason = fault.code or LONGEST
                await response.write(self._wire.incomplete(sent, self._usage(), reason))
        await response.write_eof()

    def _compose(self) -> tuple[list[str], str | None]:
        answer = answers.compose(self._question)
        wanted = self._state.pace.tokens
        pieces = tokens.split(answer) if wanted is None else answers.to_length(answer, wanted)
        limit = self._question.max_tokens
        if limit is not None and len(pieces) > limit:
            return pieces[:limit], LONGEST
        return pieces, None

    def _ending(self) -> bytes:
        text = "".join(self._tokens)
        if self._limit_reason:
            return self._wire.incomplete(text, self._usage(), self._limit_reason)
        return self._wire.completed(text, self._usage())

    def _pace(self) -> Pace:
        is_slow = self._fault is not None and self._fault.kind is FaultKind.SLOW
        pace = self._state.pace
        return replace(pace, tokens_per_second=SLOW_TOKENS_PER_SECOND) if is_slow else pace

    def _usage(self) -> Usage:
        texts = self._question.texts()
        reasoning = answers.reasoning_tokens(self._question)
        return Usage(
            input_tokens=sum(map(tokens.count, texts)),
            cached_tokens=tokens.cached(texts),
            output_tokens=self._call.tokens_sent + reasoning,
            reasoning_tokens=reasoning,
        )
