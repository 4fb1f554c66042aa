from typing import Final

from aiohttp import web

from services.sandbox.telegram.control.request import SANDBOX, answer, read_body
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.faults import read_fault
from services.sandbox.telegram.limits import read_limits


async def calls(request: web.Request) -> web.Response:
    """The journal of Bot API calls above number `since`."""
    since = request.query.get("since", "0")
    if not since.isdecimal():
        raise ControlError("since must be a call number")
    return answer([call.to_json() for call in request.app[SANDBOX].journal.since(int(since))])


async def forget_calls(request: web.Request) -> web.Response:
    request.app[SANDBOX].journal.clear()
    return answer({})


async def add_fault(request: web.Request) -> web.Response:
    body = await read_body(request)
    request.app[SANDBOX].faults.add(read_fault(body.values))
    return answer({})


async def clear_faults(request: web.Request) -> web.Response:
    request.app[SANDBOX].faults.clear()
    return answer({})


async def set_limits(request: web.Request) -> web.Response:
    sandbox, body = request.app[SANDBOX], await read_body(request)
    sandbox.limiter.replace(read_limits(body.values, sandbox.limiter.limits))
    return answer(sandbox.limiter.limits.to_json())


async def show_limits(request: web.Request) -> web.Response:
    return answer(request.app[SANDBOX].limiter.limits.to_json())


async def reset(request: web.Request) -> web.Response:
    request.app[SANDBOX].reset()
    return answer({})


async def state(request: web.Request) -> web.Response:
    sandbox = request.app[SANDBOX]
    return answer(
        {
            "bot": sandbox.bot_json,
            "users": len(sandbox.users),
            "chats": len(sandbox.chats),
            "messages": sum(len(chat.messages) for chat in sandbox.chats.values()),
            "drafts": sum(len(chat.drafts) for chat in sandbox.chats.values()),
            "pending_updates": len(sandbox.updates),
            "calls": sandbox.journal.last,
            "faults": len(sandbox.faults),
            "webhook_url": sandbox.webhook.url if sandbox.webhook else None,
        }
    )


ROUTES: Final = (
    web.get("/control/calls", calls),
    web.delete("/control/calls", forget_calls),
    web.post("/control/faults", add_fault),
    web.delete("/control/faults", clear_faults),
    web.put("/control/limits", set_limits),
    web.get("/control/limits", show_limits),
    web.post("/control/reset", reset),
    web.get("/control/state", state),
)
