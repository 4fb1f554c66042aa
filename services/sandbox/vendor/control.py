from collections.abc import Sequence
from dataclasses import asdict
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.sandbox.vendor.faults import Fault, FaultKind
from services.sandbox.vendor.pacing import Pace
from services.sandbox.vendor.state import State

B = TypeVar("B", bound=BaseModel)


class PaceOrder(BaseModel):
    """The body of PUT /control/pace."""

    model_config = ConfigDict(extra="forbid")

    first_token_ms: float = Field(200.0, ge=0)
    tokens_per_second: float = Field(100.0, gt=0)
    tokens: int | None = Field(None, ge=1, le=1_000_000)


class FaultOrder(BaseModel):
    """The body of POST /control/faults."""

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    after_tokens: int | None = Field(None, ge=0)
    retry_after: float | None = Field(None, ge=0)
    times: int = Field(1, ge=1)
    code: str | None = None


class Control:
    """The control API: pace, faults and the journal. It has no authentication: bind it to loopback."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.put("/control/pace", self._set_pace),
            web.get("/control/pace", self._pace),
            web.post("/control/faults", self._order_fault),
            web.delete("/control/faults", self._clear_faults),
            web.get("/control/calls", self._calls),
            web.delete("/control/calls", self._clear_calls),
            web.get("/control/state", self._show_state),
        ]

    async def _set_pace(self, request: web.Request) -> web.Response:
        order = await _read(request, PaceOrder)
        self._state.pace = Pace(order.first_token_ms, order.tokens_per_second, order.tokens)
        return await self._pace(request)

    async def _pace(self, _request: web.Request) -> web.Response:
        return web.json_response(asdict(self._state.pace))

    async def _order_fault(self, request: web.Request) -> web.Response:
        order = await _read(request, FaultOrder)
        self._state.faults.order(
            Fault(order.kind, order.after_tokens, order.retry_after, order.times, order.code)
        )
        return web.json_response(order.model_dump(mode="json"), status=201)

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._state.faults.clear()
        return web.Response(status=204)

    async def _calls(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self._state.journal.calls()])

    async def _clear_calls(self, _request: web.Request) -> web.Response:
        self._state.journal.clear()
        return web.Response(status=204)

    async def _show_state(self, _request: web.Request) -> web.Response:
        return web.json_response({"active_streams": self._state.journal.active_streams})


async def _read(request: web.Request, kind: type[B]) -> B:
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError as error:
        raise web.HTTPUnprocessableEntity(text=str(error)) from error
