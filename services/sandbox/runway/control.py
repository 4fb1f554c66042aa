from collections.abc import Sequence
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.sandbox.runway.state import State
from services.sandbox.vendor.control import FaultOrder

B = TypeVar("B", bound=BaseModel)


class PaceOrder(BaseModel):
    """The body of PUT /control/pace. What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    film_seconds: float | None = Field(None, ge=0)
    concurrency: int | None = Field(None, ge=1)
    url_seconds: float | None = Field(None, gt=0)


class Control:
    """The control API: pace, faults and tasks. It has no authentication: bind it to loopback."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.put("/control/pace", self._set_pace),
            web.post("/control/faults", self._order_fault),
            web.delete("/control/faults", self._clear_faults),
            web.get("/control/tasks", self._tasks),
            web.delete("/control/tasks", self._clear_tasks),
            web.get("/control/state", self._show_state),
        ]

    async def _set_pace(self, request: web.Request) -> web.Response:
        order = await _read(request, PaceOrder)
        state = self._state
        state.film_seconds = state.film_seconds if order.film_seconds is None else order.film_seconds
        state.url_seconds = order.url_seconds or state.url_seconds
        state.tasks.concurrency = order.concurrency or state.tasks.concurrency
        return await self._show_state(request)

    async def _order_fault(self, request: web.Request) -> web.Response:
        order = await _read(request, FaultOrder)
        self._state.faults.order(order.fault())
        return web.json_response(order.model_dump(mode="json"), status=201)

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._state.faults.clear()
        return web.Response(status=204)

    async def _tasks(self, _request: web.Request) -> web.Response:
        now = self._state.now()
        listed = [
            {
                "id": task.task_id,
                "kind": task.order.kind,
                "model": task.order.model,
                "prompt": task.order.prompt,
                "ratio": task.order.ratio,
                "duration": task.order.duration,
                "status": task.status(now),
                "created_at": task.created_at,
                "ended_at": task.ended_at,
            }
            for task in self._state.tasks.all()
        ]
        return web.json_response(listed)

    async def _clear_tasks(self, _request: web.Request) -> web.Response:
        self._state.tasks.clear()
        return web.Response(status=204)

    async def _show_state(self, _request: web.Request) -> web.Response:
        state = self._state
        return web.json_response({"film_seconds": state.film_seconds, "concurrency": state.tasks.concurrency})


async def _read(request: web.Request, kind: type[B]) -> B:
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError as error:
        raise web.HTTPUnprocessableEntity(text=str(error)) from error
