import time
from collections.abc import Awaitable, Callable

from aiohttp import ClientConnectionResetError, web

from services.sandbox.vendor.faults import Fault, FaultKind
from services.sandbox.vendor.journal import Call, Outcome
from services.sandbox.vendor.pacing import ClientGone, Line
from services.sandbox.vendor.state import State

MILLISECONDS = 1000


async def voice(
    state: State,
    request: web.Request,
    *,
    model: str,
    text: str,
    refused: Callable[[Call, Fault], web.Response | None],
    answer: Callable[[Call], Awaitable[web.Response]],
) -> web.StreamResponse:
    """Answer a call about speech at the sandbox's pace, trouble it by at most one fault, and note it."""
    call = state.journal.open(request.path, model, text, time.time())
    state.journal.active_streams += 1
    try:
        return await _answer(state, Line(request), call, state.faults.take(text, model), refused, answer)
    except (ClientGone, ClientConnectionResetError):
        call.outcome = Outcome.CLIENT_GONE
        return web.Response(status=499)  # nobody is there to read it
    finally:
        state.journal.active_streams -= 1
        call.ended_at = time.time()


async def _answer(
    state: State,
    line: Line,
    call: Call,
    fault: Fault | None,
    refused: Callable[[Call, Fault], web.Response | None],
    answer: Callable[[Call], Awaitable[web.Response]],
) -> web.Response:
    refusal = refused(call, fault) if fault else None
    if refusal:
        call.outcome = Outcome.FAULT
        return refusal
    if fault and fault.kind is FaultKind.HANG:
        await line.wait_for_ever()
    if fault and fault.kind is FaultKind.CUT_MID_STREAM:
        line.cut()
        call.outcome = Outcome.FAULT
        return web.Response(status=499)
    await line.wait(state.pace.first_token_ms / MILLISECONDS)
    response = await answer(call)
    call.outcome = Outcome.COMPLETED
    return response
