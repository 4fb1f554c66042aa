from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.text.providers.embedding import EmbeddingProvider, Purpose
from services.text.providers.google.connection import connect
from services.text.providers.google.settings import GoogleSettings
from tests.contract.embedding_provider import EmbeddingProviderSuite
from tests.contract.text_provider import Refusal
from tests.support.google import GoogleStandIn, google_stand_in


async def connected(vendor: GoogleStandIn, **settings: Any) -> AsyncIterator[EmbeddingProvider]:
    chosen = GoogleSettings(google_base_url=vendor.url, **settings)
    async with aclosing(connect(chosen, max_streams=10, embedding_timeout_seconds=1.5)) as provider:
        assert provider.embedding is not None
        yield provider.embedding


class TestGoogleEmbedding(EmbeddingProviderSuite):
    provider = "google"
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
    async def vendor(self) -> AsyncIterator[GoogleStandIn]:
        async with google_stand_in() as vendor:
            yield vendor

    @pytest.fixture
    async def embedding(self, vendor: GoogleStandIn) -> AsyncIterator[EmbeddingProvider]:
        async for embedding in connected(vendor):
            yield embedding

    async def test_each_generation_is_told_its_way_what_a_text_is_for(self, vendor: GoogleStandIn) -> None:
        for model in ("gemini-embedding-2", "gemini-embedding-001"):
            async for embedding in connected(vendor, google_embedding_model=model):
                await embedding.embed(["Hello"], Purpose.QUESTION)
        assert [call.text for call in await vendor.calls()] == ["task: search result | query: Hello", "Hello"]
