from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.typedefs import Handler

from services.docs.settings import Embeddings
from services.sandbox.openai.app import build
from services.sandbox.openai.settings import OpenAISettings
from tests.support.docs_service import DocsCaller, docs_service
from tests.support.nats import nats_server
from tests.support.openai import OpenAIStandIn
from tests.support.stand_ins import serving
from tests.support.text_service import text_service

# So little that tests reach every limit, and a small book is a long document.
TIGHT: Final[dict[str, Any]] = {
    "docs_max_file_bytes": 400_000,
    "docs_max_documents": 2,
    "docs_max_pages": 150,
    "docs_max_bytes_per_user": 500_000,
    "docs_answer_characters": 60_000,
    "docs_passages_characters": 10_000,
    "docs_notes_characters": 20_000,
    "docs_embeddings": Embeddings.OFF,
}


class Heard:
    """What the vendor was sent, request by request."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    @property
    def parts(self) -> Iterator[str]:
        for body in self.bodies:
            for message in body["input"]:
                for part in message["content"]:
                    yield part["text"]


@pytest.fixture(scope="package")
def docs_nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that these tests have for themselves: they look at all that is kept."""
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest.fixture(scope="package")
def heard() -> Heard:
    return Heard()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def vendor(heard: Heard) -> AsyncIterator[OpenAIStandIn]:
    @web.middleware
    async def listen(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/v1/responses":
            heard.bodies.append(await request.json())
        return await handler(request)

    app = build(OpenAISettings(first_token_ms=0, tokens_per_second=1000))
    app.middlewares.append(listen)
    async with serving(app, 0) as (session, url):
        yield OpenAIStandIn(session, url)


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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tight_service(
    docs_nats_url: str, text_target: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DocsCaller]:
    directory = tmp_path_factory.mktemp("tight") / "inbox"
    async with docs_service(docs_nats_url, text_target, directory, **TIGHT) as caller:
        yield caller


@pytest.fixture
def docs(service: DocsCaller) -> DocsCaller:
    """The service, in a chat that no other test knows."""
    return service.in_new_chat()


@pytest.fixture
def tight(tight_service: DocsCaller) -> DocsCaller:
    """Another process of it on the same store, which takes little; in a chat that no other test knows."""
    return tight_service.in_new_chat()
