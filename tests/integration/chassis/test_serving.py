import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import grpc
import pytest
from grpc_health.v1.health_pb2 import (  # type: ignore[import-untyped]  # no stubs
    HealthCheckRequest,
    HealthCheckResponse,
)
from grpc_health.v1.health_pb2_grpc import HealthStub  # type: ignore[import-untyped]  # no stubs
from grpc_reflection.v1alpha import reflection_pb2  # type: ignore[import-untyped]  # no stubs
from grpc_reflection.v1alpha.reflection_pb2_grpc import (  # type: ignore[import-untyped]  # no stubs
    ServerReflectionStub,
)
from prometheus_client import CollectorRegistry

from services.chassis.client import channel
from services.chassis.errors import ServiceUnavailable
from services.chassis.server import PortUnavailable, serving
from services.chassis.settings import ServiceSettings
from tests.integration.chassis.rpc import SERVICE, Caller, free_settings, probing

SERVING = HealthCheckResponse.SERVING
NOT_SERVING = HealthCheckResponse.NOT_SERVING


class Dependency:
    """Something that a process needs and that a test can break."""

    broken = False

    async def check(self) -> None:
        if self.broken:
            raise ConnectionError("no route")


async def echo(request: bytes, context: Any) -> AsyncIterator[bytes]:
    yield request


async def _status(caller: Caller, service: str) -> int:
    # As a probe asks: our own channel does not call a process that is not ready.
    async with grpc.aio.insecure_channel(f"127.0.0.1:{caller.settings.grpc_port}") as plain:
        answer = await HealthStub(plain).Check(HealthCheckRequest(service=service))
    status: int = answer.status
    return status


async def _get(settings: ServiceSettings, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{settings.metrics_port}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def test_readiness_follows_the_checks_and_liveness_does_not() -> None:
    store = Dependency()
    async with probing(echo, checks={"store": store.check}) as caller:
        assert [await _status(caller, name) for name in ("", SERVICE, "liveness")] == [SERVING] * 3
        assert (await _get(caller.settings, "/readyz"))[0] == 200

        store.broken = True
        await asyncio.sleep(0.15)  # answers are fresh for a tenth of a second

        assert [await _status(caller, name) for name in ("", SERVICE)] == [NOT_SERVING] * 2
        assert await _status(caller, "liveness") == SERVING
        code, text = await _get(caller.settings, "/readyz")
        assert code == 503
        assert "store" in text
        assert "no route" in text
        assert (await _get(caller.settings, "/livez"))[0] == 200


async def test_a_watcher_is_told_of_a_change() -> None:
    store = Dependency()
    async with probing(echo, checks={"store": store.check}) as caller:
        watch = HealthStub(caller.channel).Watch(HealthCheckRequest(service=""))
        assert (await watch.read()).status == SERVING

        store.broken = True

        assert (await asyncio.wait_for(watch.read(), 5)).status == NOT_SERVING


async def test_a_check_that_never_answers_is_a_failing_check() -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    async with probing(echo, checks={"slow": hang}) as caller:
        assert "TimeoutError" in (await _get(caller.settings, "/readyz"))[1]


async def test_a_process_that_is_not_ready_gets_no_calls() -> None:
    store = Dependency()
    store.broken = True
    async with probing(echo, checks={"store": store.check}) as caller:
        with pytest.raises(ServiceUnavailable):
            await caller.parts("unary_unary", b"hello")


async def test_a_running_stream_ends_in_its_own_time_when_the_server_stops() -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    async def answer(request: bytes, context: Any) -> AsyncIterator[bytes]:
        yield b"first"
        begun.set()
        await finish.wait()
        yield b"last"

    settings = free_settings(drain_seconds=0.2)
    async with channel(f"dns:///127.0.0.1:{settings.grpc_port}") as opened:
        async with probing(answer, settings=settings):
            reading = asyncio.create_task(Caller(opened, settings).parts("unary_stream", b""))
            await begun.wait()
            asyncio.get_running_loop().call_later(0.4, finish.set)
        assert await reading == [b"first", b"last"]


async def test_a_stop_with_an_idle_client_takes_no_time() -> None:
    async with probing(echo, settings=free_settings(grace_seconds=60)) as caller:
        await caller.parts("unary_unary", b"")
        started = asyncio.get_running_loop().time()

    assert asyncio.get_running_loop().time() - started < 5


async def test_calls_are_counted_by_method_and_code() -> None:
    async with probing(echo) as caller:
        await caller.parts("unary_unary", b"")
        await caller.parts("unary_stream", b"")
        _, text = await _get(caller.settings, "/metrics")

    labels = f'method="unary_stream",service="{SERVICE}"'
    assert f"quartet_grpc_server_started_total{{{labels}}} 1.0" in text
    assert f'quartet_grpc_server_handled_total{{code="OK",{labels}}} 1.0' in text
    assert f"quartet_grpc_server_in_flight{{{labels}}} 0.0" in text
    assert f"quartet_grpc_server_handling_seconds_count{{{labels}}} 1.0" in text
    assert "grpc.health" not in text


async def test_reflection_lists_the_services() -> None:
    async def ask() -> AsyncIterator[Any]:
        yield reflection_pb2.ServerReflectionRequest(list_services="")

    async with probing(echo) as caller:
        stub = ServerReflectionStub(caller.channel)
        (answer,) = [answer async for answer in stub.ServerReflectionInfo(ask())]

    names = [service.name for service in answer.list_services_response.service]
    assert SERVICE in names
    assert "grpc.health.v1.Health" in names


@pytest.mark.parametrize(
    ("taken", "variable"), [("grpc_port", "GRPC_PORT"), ("metrics_port", "METRICS_PORT")]
)
async def test_a_port_in_use_is_named_by_its_variable(taken: str, variable: str) -> None:
    async with probing(echo) as caller:
        second = free_settings(**{taken: getattr(caller.settings, taken)})
        with pytest.raises(PortUnavailable, match=variable):
            async with serving(second, [], checks={}, registry=CollectorRegistry()):
                pass


async def test_a_service_started_again_is_found_within_seconds() -> None:
    settings = free_settings()
    async with channel(f"dns:///127.0.0.1:{settings.grpc_port}") as opened:
        async with probing(echo, settings=settings):
            assert await Caller(opened, settings).parts("unary_unary", b"1") == [b"1"]
        with pytest.raises(ServiceUnavailable):
            await Caller(opened, settings).parts("unary_unary", b"2")
        async with probing(echo, settings=settings):
            answer = await Caller(opened, settings).parts("unary_unary", b"3", wait_for_ready=True, timeout=5)
            assert answer == [b"3"]
