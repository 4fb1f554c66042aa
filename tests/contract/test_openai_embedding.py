from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from aiohttp import web

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.text.providers.embedding import DIMENSIONS, EmbeddingProvider, Purpose
from services.text.providers.openai.connection import connect
from services.text.providers.openai.settings import OpenAISettings
from tests.contract.embedding_provider import EmbeddingProviderSuite
from tests.contract.text_provider import Refusal
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.stand_ins import serving


async def connected(base_url: str) -> AsyncIterator[EmbeddingProvider]:
    settings = OpenAISettings(openai_base_url=base_url)
    async with aclosing(connect(settings, max_streams=10, embedding_timeout_seconds=1.5)) as provider:
        assert provider.embedding is not None
        yield provider.embedding


class TestOpenAIEmbedding(EmbeddingProviderSuite):
    provider = "openai"
    refusals = (
        Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
        Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
        Refusal(FaultKind.OVERLOADED, None, errors.ProviderUnavailable),
        Refusal(FaultKind.SERVER_ERROR, None, errors.ProviderUnavailable),
        Refusal(FaultKind.UNSUPPORTED_COUNTRY, None, errors.ProviderUnsupportedCountry),
        Refusal(FaultKind.MODEL_NOT_FOUND, None, errors.ModelNotFound),
        Refusal(FaultKind.INVALID_KEY, None, errors.ProviderMisconfigured),
    )

    @pytest.fixture
    async def vendor(self) -> AsyncIterator[OpenAIStandIn]:
        async with openai_stand_in() as vendor:
            yield vendor

    @pytest.fixture
    async def embedding(self, vendor: OpenAIStandIn) -> AsyncIterator[EmbeddingProvider]:
        async for embedding in connected(vendor.base_url):
            yield embedding


@pytest.mark.parametrize("vectors", [[], [[0.5] * (DIMENSIONS - 1)], [[0.5] * DIMENSIONS] * 2])
async def test_a_server_that_answers_something_else_is_unavailable(vectors: list[list[float]]) -> None:
    async def embed(_request: web.Request) -> web.Response:
        data = [{"object": "embedding", "index": i, "embedding": each} for i, each in enumerate(vectors)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return web.json_response({"object": "list", "model": "m", "data": data, "usage": usage})

    app = web.Application()
    app.router.add_post("/v1/embeddings", embed)
    async with serving(app, 0) as (_session, url):
        async for embedding in connected(f"{url}/v1"):
            with pytest.raises(errors.ProviderUnavailable):
                await embedding.embed(["Hello"], Purpose.PASSAGE)


async def test_without_a_model_nothing_is_embedded() -> None:
    settings = OpenAISettings(openai_base_url="http://127.0.0.1:1/v1", openai_embedding_model="")
    async with aclosing(connect(settings, max_streams=1)) as provider:
        assert provider.embedding is None
