import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final, NamedTuple

import grpc
import structlog
from aiohttp import web
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # no stubs
from grpc_reflection.v1alpha import reflection  # type: ignore[import-untyped]  # no stubs
from prometheus_client import CollectorRegistry

from services.chassis import observability
from services.chassis.certificates import Certificates
from services.chassis.errors import StartupError
from services.chassis.health import Check, Health
from services.chassis.interceptors import ServerEdge
from services.chassis.settings import ServiceSettings
from services.chassis.telemetry.metrics import ServerMetrics

__all__ = ["Check", "PortUnavailable", "Registration", "serving"]

log = structlog.get_logger()

# A file of the largest size that Telegram hands to bots, 20 MB, fits.
MAX_MESSAGE_BYTES: Final = 24 * 1024 * 1024
# The age makes clients resolve DNS again and so find new pods. Pings of our clients come every 30 s; a server
# whose minimum is not below that answers GOAWAY "too_many_pings".
OPTIONS: Final = (
    ("grpc.max_connection_age_ms", 300_000),
    ("grpc.max_connection_age_grace_ms", 600_000),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
)


class PortUnavailable(StartupError):
    """Another process listens on the port, or the address is not ours."""

    def __init__(self, variable: str, host: str, port: int) -> None:
        super().__init__(
            f"Cannot listen on {host}:{port}. Stop what uses the port, or set {variable} (or GRPC_HOST)."
        )


class Registration(NamedTuple):
    """One gRPC service: the generated `add_…_to_server`, what implements it, and its full proto name."""

    add: Callable[[Any, grpc.aio.Server], None]
    servicer: object
    full_name: str


@asynccontextmanager
async def serving(
    settings: ServiceSettings,
    registrations: Sequence[Registration],
    *,
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
) -> AsyncIterator[grpc.aio.Server]:
    """Serve gRPC with health and reflection, and metrics over HTTP, for as long as the block runs.

    At its end: NOT_SERVING, a pause of `drain_seconds` in which callers see that, then running calls have
    `grace_seconds` to finish. Raises PortUnavailable.
    """
    names = [registration.full_name for registration in registrations]
    health = Health(checks, names)
    server = grpc.aio.server(interceptors=[ServerEdge(ServerMetrics(registry))], options=OPTIONS)
    for registration in registrations:
        registration.add(registration.servicer, server)
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    health_name = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
    reflection.enable_server_reflection([*names, health_name, reflection.SERVICE_NAME], server)
    await health.refresh()
    async with AsyncExitStack() as stack:
        await _listen_for_probes(stack, settings, observability.application(health, registry))
        await _listen(server, settings)
        log.info("serving", grpc_port=settings.grpc_port, metrics_port=settings.metrics_port)
        watcher = asyncio.create_task(health.run())
        stack.push_async_callback(_cancel, watcher)
        try:
            yield server
        finally:
            await health.drain()
            await asyncio.sleep(settings.drain_seconds)
            await server.stop(settings.grace_seconds)
            log.info("stopped")


async def _listen(server: grpc.aio.Server, settings: ServiceSettings) -> None:
    address = f"{settings.grpc_host}:{settings.grpc_port}"
    try:
        if settings.tls_directory is None:
            server.add_insecure_port(address)
        else:
            server.add_secure_port(address, Certificates(settings.tls_directory).for_server())
    except RuntimeError as error:
        raise PortUnavailable("GRPC_PORT", settings.grpc_host, settings.grpc_port) from error
    await server.start()


async def _listen_for_probes(
    stack: AsyncExitStack, settings: ServiceSettings, application: web.Application
) -> None:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.grpc_host, settings.metrics_port).start()
    except OSError as error:
        raise PortUnavailable("METRICS_PORT", settings.grpc_host, settings.metrics_port) from error


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
