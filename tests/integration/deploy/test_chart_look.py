import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # no stubs

from services.chassis.certificates import Certificates
from tests.support.authority import Authority
from tests.support.chart import CHART
from tests.support.nats import nats_server
from tests.support.ports import free_port


@pytest.fixture(scope="module")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest.fixture
async def servicer() -> health.aio.HealthServicer:
    return health.aio.HealthServicer()


@pytest.fixture
async def target(servicer: health.aio.HealthServicer) -> AsyncIterator[str]:
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


async def look(nats_url: str, *targets: str, **variables: str) -> tuple[int, str]:
    """What the chart's test says: its exit code and its words."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        CHART / "files" / "look.py",
        *targets,
        env={"NATS_URL": nats_url, "PATIENCE_SECONDS": "1", "HOME": str(Path.home()), **variables},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def test_helm_test_passes_where_everything_serves(nats_url: str, target: str) -> None:
    assert await look(nats_url, target, target) == (0, "2 services serve, NATS keeps\n")
    # It leaves nothing behind that would stop the next one.
    assert await look(nats_url, target) == (0, "1 services serve, NATS keeps\n")


async def test_helm_test_names_what_is_not_ready(
    nats_url: str, target: str, servicer: health.aio.HealthServicer
) -> None:
    await servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    assert await look(nats_url, target) == (1, f"{target} is up, but not ready\n")


async def test_helm_test_names_what_does_not_answer(nats_url: str, target: str) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    code, words = await look(nats_url, target, nobody)
    assert (code, words.startswith(nobody)) == (1, True)
    code, words = await look(f"nats://{nobody}", target)
    assert (code, words.startswith("NATS: ")) == (1, True)


async def test_helm_test_speaks_tls_where_the_services_do(
    nats_url: str, servicer: health.aio.HealthServicer, tmp_path: Path
) -> None:
    authority = Authority()
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    certificates = Certificates(authority.write(tmp_path / "service"))
    port = server.add_secure_port("127.0.0.1:0", certificates.for_server())
    await server.start()
    own = str(authority.write(tmp_path / "test"))
    try:
        assert (await look(nats_url, f"localhost:{port}", TLS_DIRECTORY=own))[0] == 0
        assert (await look(nats_url, f"localhost:{port}"))[0] == 1
    finally:
        await server.stop(None)
