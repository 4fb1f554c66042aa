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
    picture_seconds: float = Field(6.0, ge=0)
    picture_bytes: int | None = Field(None, ge=1, le=50_000_000)


class FaultOrder(BaseModel):
    """The body of POST /control/faults."""

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    after_tokens: int | None = Field(None, ge=0)
    after_previews: int | None = Field(None, ge=0)
    retry_after: float | None = Field(None, ge=0)
    times: int = Field(1, ge=1)
    code: str | None = None
    model: str | None = None

    def fault(self) -> Fault:
        return Fault(retry_after_seconds=self.retry_after, **self.model_dump(exclude={"retry_after"}))


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
            web.get("/control/calls/{n}/pictures/{index}", self._sent_picture),
            web.get("/control/state", self._show_state),
        ]

    async def _set_pace(self, request: web.Request) -> web.Response:
        order = await _read(request, PaceOrder)
        self._state.pace = Pace(**order.model_dump())
        return await self._pace(request)

    async def _pace(self, _request: web.Request) -> web.Response:
        return web.json_response(asdict(self._state.pace))

    async def _order_fault(self, request: web.Request) -> web.Response:
        order = await _read(request, FaultOrder)
        self._state.faults.order(order.fault())
        return web.json_response(order.model_dump(mode="json"), status=201)

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._state.faults.clear()
        return web.Response(status=204)

    async def _calls(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self._state.journal.calls()])

    async def _sent_picture(self, request: web.Request) -> web.Response:
        try:
            n, index = int(request.match_info["n"]), int(request.match_info["index"])
        except ValueError as error:
            raise web.HTTPNotFound from error
        content = self._state.journal.sent_picture(n, index)
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="application/octet-stream")

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
