from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from pydantic import SecretStr
from yarl import URL

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.text.providers.base import TextProvider
from services.text.providers.openai.connection import connect
from services.text.providers.openai.settings import OpenAIApi, OpenAISettings
from tests.contract.text_provider import Refusal, TextProviderSuite, listen, request
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.ports import free_port
from tests.support.socks import socks_proxy

MODEL = "gpt-6-luna"
REFUSALS = [
    Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
    Refusal(FaultKind.RATE_LIMIT, "slow_down", errors.ProviderRateLimited),
    Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
    Refusal(FaultKind.OUT_OF_FUNDS, "credit_balance_exhausted", errors.ProviderOutOfFunds),
    Refusal(FaultKind.OUT_OF_FUNDS, "organization_spend_limit_exceeded", errors.ProviderOutOfFunds),
    Refusal(FaultKind.OUT_OF_FUNDS, "project_spend_limit_exceeded", errors.ProviderOutOfFunds),
    Refusal(FaultKind.OUT_OF_FUNDS, "organization_usage_limit_exceeded", errors.ProviderOutOfFunds),
    Refusal(FaultKind.OVERLOADED, None, errors.ProviderUnavailable),
    Refusal(FaultKind.SERVER_ERROR, None, errors.ProviderUnavailable),
    Refusal(FaultKind.MODERATION, None, errors.ContentRejected),
    Refusal(FaultKind.MODERATION, "bio_policy", errors.ContentRejected),
    Refusal(FaultKind.MODERATION, "content_policy_violation", errors.ContentRejected),
    Refusal(FaultKind.MODERATION, "misalignment_policy_violation", errors.ContentRejected),
    Refusal(FaultKind.CONTEXT_TOO_LONG, None, errors.ContextTooLong),
    Refusal(FaultKind.UNSUPPORTED_COUNTRY, None, errors.ProviderUnsupportedCountry),
    Refusal(FaultKind.MODEL_NOT_FOUND, None, errors.ModelNotFound),
    Refusal(FaultKind.INVALID_KEY, None, errors.ProviderMisconfigured),
]
FAILURES_INSIDE = [
    ("server_error", errors.ProviderUnavailable),
    ("rate_limit_exceeded", errors.ProviderRateLimited),
    ("invalid_prompt", errors.ContentRejected),
    ("insufficient_quota", errors.ProviderOutOfFunds),
]


@asynccontextmanager
async def connected(
    base_url: str, api: OpenAIApi = OpenAIApi.AUTO, proxy: str | None = None
) -> AsyncIterator[TextProvider]:
    settings = OpenAISettings(
        openai_base_url=base_url,
        openai_proxy=SecretStr(proxy) if proxy else None,
        openai_api=api,
        openai_connect_timeout_seconds=3.0,
        openai_first_token_timeout_seconds=1.5,
        openai_next_token_timeout_seconds=1.5,
    )
    async with aclosing(connect(settings, max_streams=100)) as provider:
        yield provider


class TestResponsesApi(TextProviderSuite):
    model = MODEL
    refusals = REFUSALS
    failures_inside = FAILURES_INSIDE

    @pytest.fixture
    async def vendor(self) -> AsyncIterator[OpenAIStandIn]:
        async with openai_stand_in() as vendor:
            yield vendor

    @pytest.fixture
    async def provider(self, vendor: OpenAIStandIn) -> AsyncIterator[TextProvider]:
        async with connected(vendor.base_url) as provider:
            yield provider

    async def test_it_is_preferred_and_nothing_is_stored_at_the_vendor(
        self, provider: TextProvider, vendor: OpenAIStandIn
    ) -> None:
        await listen(provider.stream(request(MODEL)))
        [call] = await vendor.until_ended()
        assert call.path == "/v1/responses"

    async def test_chat_can_be_asked_for(self, vendor: OpenAIStandIn) -> None:
        async with connected(vendor.base_url, OpenAIApi.CHAT) as provider:
            await listen(provider.stream(request(MODEL)))
        [call] = await vendor.until_ended()
        assert call.path == "/v1/chat/completions"

    async def test_a_missing_model_does_not_look_like_a_missing_api(
        self, provider: TextProvider, vendor: OpenAIStandIn
    ) -> None:
        await vendor.fail(FaultKind.MODEL_NOT_FOUND)
        with pytest.raises(errors.ModelNotFound):
            await listen(provider.stream(request(MODEL)))
        await listen(provider.stream(request(MODEL)))
        assert {call.path for call in await vendor.until_ended(2)} == {"/v1/responses"}

    async def test_a_model_that_will_end_says_when(self, provider: TextProvider) -> None:
        models = {model.model_id: model for model in await provider.models()}
        assert models[MODEL].shutdown_date is None
        assert models["gpt-5-mini"].shutdown_date == "2026-12-11"


class TestServerWithChatOnly(TextProviderSuite):
    model = MODEL
    refusals = REFUSALS
    failures_inside = FAILURES_INSIDE

    @pytest.fixture
    async def vendor(self) -> AsyncIterator[OpenAIStandIn]:
        async with openai_stand_in(responses_api=False) as vendor:
            yield vendor

    @pytest.fixture
    async def provider(self, vendor: OpenAIStandIn) -> AsyncIterator[TextProvider]:
        async with connected(vendor.base_url) as provider:
            yield provider

    async def test_where_responses_are_demanded_their_absence_is_a_wrong_setting(
        self, vendor: OpenAIStandIn
    ) -> None:
        async with connected(vendor.base_url, OpenAIApi.RESPONSES) as provider:
            with pytest.raises(errors.ProviderMisconfigured):
                await listen(provider.stream(request(MODEL)))


async def test_a_vendor_that_cannot_be_reached_is_unavailable() -> None:
    async with connected(f"http://127.0.0.1:{free_port()}/v1") as provider:
        with pytest.raises(errors.ProviderUnavailable):
            await listen(provider.stream(request(MODEL)))


async def test_the_vendor_is_reached_through_an_http_proxy() -> None:
    async with (
        openai_stand_in() as vendor,
        connected("http://vendor.invalid/v1", proxy=vendor.url) as provider,
    ):
        text, _completed = await listen(provider.stream(request(MODEL)))
    assert text


async def test_the_vendor_is_reached_through_a_socks_proxy() -> None:
    async with openai_stand_in() as vendor:
        address = URL(vendor.url)
        async with (
            socks_proxy(str(address.host), int(address.port or 0)) as proxy,
            connected("http://vendor.invalid/v1", proxy=proxy.url) as provider,
        ):
            text, _completed = await listen(provider.stream(request(MODEL)))
        assert proxy.asked_for == ["vendor.invalid"]
    assert text
