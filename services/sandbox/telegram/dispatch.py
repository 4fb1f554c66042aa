import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from services.sandbox.telegram.errors import ApiError, ConnectionCut
from services.sandbox.telegram.faults import Fault, FaultKind
from services.sandbox.telegram.params import NO_UPLOADS, Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.uploads import Upload
from services.sandbox.telegram.wire import Json, dumps

Handler = Callable[[Sandbox, Params], Any | Awaitable[Any]]


class Answer(NamedTuple):
    """What goes back to the bot."""

    status: int
    body: bytes
    retry_after_seconds: int | None = None


class Dispatcher:
    """Finds the method of a call, lets faults strike, writes the journal."""

    def __init__(self, sandbox: Sandbox, methods: Mapping[str, Handler]) -> None:
        self._sandbox = sandbox
        self._methods = {name.lower(): (name, handler) for name, handler in methods.items()}

    async def call(self, method: str, values: Json, uploads: Mapping[str, Upload] = NO_UPLOADS) -> Answer:
        """Answers a call; raises ConnectionCut where a fault takes the answer away."""
        name, handler = self._methods.get(method.lower(), (method, None))
        params = Params(values, uploads)
        chat_id = params.integer("chat_id") or None
        fault = self._sandbox.faults.take(name, chat_id)
        try:
            if fault is not None:
                await self._strike(fault)
            if handler is None:
                raise ApiError(404, "Not Found: method not found")
            result = handler(self._sandbox, params)
            if inspect.isawaitable(result):
                result = await result
        except ApiError as error:
            return self._refuse(name, chat_id, values, error)
        except ConnectionCut:
            self._sandbox.journal.add(name, chat_id, values, 0, error="connection cut before the call")
            raise
        if fault is not None and fault.kind is FaultKind.CUT_AFTER:
            self._sandbox.journal.add(name, chat_id, values, 200, error="connection cut after the call")
            raise ConnectionCut
        self._sandbox.journal.add(name, chat_id, values, 200)
        return Answer(200, b'{"ok":true,"result":' + dumps(result) + b"}")

    def _refuse(self, name: str, chat_id: int | None, values: Json, error: ApiError) -> Answer:
        retry_after = error.parameters.get("retry_after")
        self._sandbox.journal.add(
            name, chat_id, values, error.code, error=error.description, retry_after=retry_after
        )
        return refusal(error)

    async def _strike(self, fault: Fault) -> None:
        if fault.delay_ms:
            await asyncio.sleep(fault.delay_ms / 1000)
        if fault.kind is FaultKind.CUT_BEFORE:
            raise ConnectionCut
        if fault.kind is FaultKind.HTTP:
            raise ApiError(fault.status, _REASONS.get(fault.status, "Internal Server Error"))
        if fault.kind is FaultKind.FORBIDDEN:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if fault.kind is FaultKind.TOO_MANY_REQUESTS:
            seconds = fault.retry_after_seconds
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def refusal(error: ApiError) -> Answer:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return Answer(error.code, dumps(body), error.parameters.get("retry_after"))


_REASONS = {
    401: "Unauthorized",
    404: "Not Found",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
