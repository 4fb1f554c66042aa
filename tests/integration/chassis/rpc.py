import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from prometheus_client import CollectorRegistry

from services.chassis.client import channel
from services.chassis.server import Check, Registration, serving
from services.chassis.settings import Environment, ServiceSettings
from tests.support.ports import free_port

SERVICE = "quartet.test.v1.ProbeService"
KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")

Behavior = Callable[[bytes, grpc.aio.ServicerContext[bytes, bytes]], AsyncIterator[bytes]]


class Probe:
    """One behavior behind all four kinds of RPC, with bytes for messages."""

    def __init__(self, behavior: Behavior) -> None:
        self._behavior = behavior

    async def unary_unary(self, request: bytes, context: Any) -> bytes:
        return b"".join([part async for part in self._behavior(request, context)])

    async def unary_stream(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        async for part in self._behavior(request, context):
            yield part

    async def stream_unary(self, requests: AsyncIterator[bytes], context: Any) -> bytes:
        return await self.unary_unary(b"".join([part async for part in requests]), context)

    async def stream_stream(self, requests: AsyncIterator[bytes], context: Any) -> None:
        async for request in requests:
            async for part in self._behavior(request, context):
                await context.write(part)


def register(probe: Probe, server: grpc.aio.Server) -> None:
    """What a generated `add_…_to_server` does."""
    handlers = {kind: getattr(grpc, f"{kind}_rpc_method_handler")(getattr(probe, kind)) for kind in KINDS}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])


def free_settings(**fields: Any) -> ServiceSettings:
    return ServiceSettings(
        **{"environment": Environment.TEST, "grpc_port": free_port(), "metrics_port": free_port(), **fields}
    )


@asynccontextmanager
async def probing(
    behavior: Behavior,
    *,
    checks: dict[str, Check] | None = None,
    registry: CollectorRegistry | None = None,
    settings: ServiceSettings | None = None,
) -> AsyncIterator["Caller"]:
    """Serve the behavior with the chassis and call it with the chassis."""
    settings = settings or free_settings()
    registrations = [Registration(register, Probe(behavior), SERVICE)]
    async with (
        serving(settings, registrations, checks=checks or {}, registry=registry or CollectorRegistry()),
        channel(f"dns:///127.0.0.1:{settings.grpc_port}") as opened,
    ):
        yield Caller(opened, settings)


class Caller:
    """Calls the probe by any kind of RPC."""

    def __init__(self, opened: grpc.aio.Channel, settings: ServiceSettings) -> None:
        self.channel = opened
        self.settings = settings

    def stream(
        self, request: bytes, *, kind: str = "unary_stream", method: str | None = None, **options: Any
    ) -> Any:
        call = getattr(self.channel, kind)(f"/{SERVICE}/{method or kind}")
        return call(_requests(request) if kind.startswith("stream") else request, **options)

    async def parts(self, kind: str, request: bytes, **options: Any) -> list[bytes]:
        call = self.stream(request, kind=kind, **options)
        if kind.endswith("unary"):
            return [await call]
        return [part async for part in call]


async def _requests(request: bytes) -> AsyncIterator[bytes]:
    yield request
    await asyncio.sleep(0)
