from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from services.chassis.certificates import CertificatesMissing
from services.chassis.client import channel
from services.chassis.errors import ServiceUnavailable
from services.chassis.server import Registration, serving
from tests.integration.chassis.rpc import SERVICE, Probe, free_settings, register
from tests.support.authority import Authority

METHOD = f"/{SERVICE}/unary_unary"
CALL_SECONDS = 3.0


async def echo(request: bytes, context: Any) -> AsyncIterator[bytes]:
    yield request


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def folder(authority: Authority, tmp_path: Path) -> Path:
    return authority.write(tmp_path / "server")


@pytest.fixture
async def port(folder: Path) -> AsyncIterator[int]:
    settings = free_settings(tls_directory=folder)
    served = [Registration(register, Probe(echo), SERVICE)]
    async with serving(settings, served, checks={}, registry=CollectorRegistry()):
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{settings.metrics_port}/readyz") as answer,
        ):
            assert answer.status == 200  # the kubelet's probes speak no TLS
        yield settings.grpc_port


async def ask(port: int, tls_directory: Path | None) -> bytes:
    async with channel(f"dns:///localhost:{port}", tls_directory) as opened:
        call: Any = opened.unary_unary(METHOD)
        answer: bytes = await call(b"psst", timeout=CALL_SECONDS)
    return answer


async def test_those_of_one_authority_talk(port: int, authority: Authority, tmp_path: Path) -> None:
    assert await ask(port, authority.write(tmp_path / "client")) == b"psst"


async def test_whoever_shows_no_certificate_is_not_heard(port: int) -> None:
    with pytest.raises(ServiceUnavailable):
        await ask(port, None)


async def test_whoever_shows_one_of_another_authority_is_not_heard(
    port: int, folder: Path, tmp_path: Path
) -> None:
    stranger = Authority().write(tmp_path / "stranger")
    (stranger / "ca.crt").write_bytes((folder / "ca.crt").read_bytes())  # it believes us
    with pytest.raises(ServiceUnavailable):
        await ask(port, stranger)


async def test_a_renewed_certificate_counts_from_the_next_connection(
    port: int, folder: Path, tmp_path: Path
) -> None:
    renewed = Authority()
    renewed.write(folder)
    assert await ask(port, renewed.write(tmp_path / "client")) == b"psst"


async def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CertificatesMissing, match=r"TLS_DIRECTORY: .*ca\.crt cannot be read"):
        async with channel("dns:///localhost:1", tmp_path):
            pass
