import time
from collections.abc import Callable

from aiohttp import ClientConnectionResetError, web

from services.sandbox.vendor.answering import Answering
from services.sandbox.vendor.journal import Call
from services.sandbox.vendor.pacing import ClientGone
from services.sandbox.vendor.questions import Question
from services.sandbox.vendor.state import State
from services.sandbox.vendor.wire import Wire


async def answer(
    state: State, request: web.Request, question: Question, wire: Callable[[Call], Wire]
) -> web.StreamResponse:
    """Answer a question that makes sense, and write it into the journal."""
    call = state.journal.open(
        request.path, question.model, question.text, time.time(), speaker=question.speaker
    )
    try:
        return await Answering(state, question, wire(call), call, request).run()
    except (ClientGone, ClientConnectionResetError):
        return web.Response(status=499)  # nobody is there to read it
