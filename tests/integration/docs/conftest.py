from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio

from tests.support.docs_service import DocsCaller, docs_service
from tests.support.nats import nats_server
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.text_service import text_service


class Open(Protocol):
    """Runs a document service with settings of its own beside the shared one."""

    def __call__(self, **settings: Any) -> AbstractAsyncContextManager[DocsCaller]: ...


@pytest.fixture(scope="package")
def docs_nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that these tests have for themselves: they look at all that is kept."""
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def vendor() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as vendor:
        yield vendor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def text_target(docs_nats_url: str, vendor: OpenAIStandIn) -> AsyncIterator[str]:
    async with text_service(docs_nats_url, vendor) as text:
        yield f"ipv4:127.0.0.1:{text.settings.grpc_port}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(
    docs_nats_url: str, text_target: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DocsCaller]:
    directory = tmp_path_factory.mktemp("docs") / "inbox"
    async with docs_service(docs_nats_url, text_target, directory) as caller:
        yield caller


@pytest.fixture
def docs(service: DocsCaller) -> DocsCaller:
    """The service, in a chat that no other test knows."""
    return service.in_new_chat()


@pytest.fixture
def another(docs_nats_url: str, text_target: str, tmp_path: Path) -> Open:
    """Return what runs another service, as another replica would run."""

    def opened(**settings: Any) -> AbstractAsyncContextManager[DocsCaller]:
        target = settings.pop("text_target", text_target)
        return docs_service(docs_nats_url, target, tmp_path / "inbox", **settings)

    return opened
