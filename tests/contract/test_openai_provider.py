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
from tests.contract.text_provider import TextProviderSuite, listen, request
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.ports import free_port
from tests.support.socks import socks_proxy


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
        await listen(provider.stream(request()))
        [call] = await vendor.until_ended()
        assert call.path == "/v1/responses"

    async def test_chat_can_be_asked_for(self, vendor: OpenAIStandIn) -> None:
        async with connected(vendor.base_url, OpenAIApi.CHAT) as provider:
            await listen(provider.stream(request()))
        [call] = await vendor.until_ended()
        assert call.path == "/v1/chat/completions"

    async def test_a_missing_model_does_not_look_like_a_missing_api(
        self, provider: TextProvider, vendor: OpenAIStandIn
    ) -> None:
        await vendor.fail(FaultKind.MODEL_NOT_FOUND)
        with pytest.raises(errors.ModelNotFound):
            await listen(provider.stream(request()))
        await listen(provider.stream(request()))
        assert {call.path for call in await vendor.until_ended(2)} == {"/v1/responses"}


class TestServerWithChatOnly(TextProviderSuite):
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
                await listen(provider.stream(request()))


async def test_a_vendor_that_cannot_be_reached_is_unavailable() -> None:
    async with connected(f"http://127.0.0.1:{free_port()}/v1") as provider:
        with pytest.raises(errors.ProviderUnavailable):
            await listen(provider.stream(request()))


async def test_the_vendor_is_reached_through_an_http_proxy() -> None:
    async with (
        openai_stand_in() as vendor,
        connected("http://vendor.invalid/v1", proxy=vendor.url) as provider,
    ):
        text, _completed = await listen(provider.stream(request()))
    assert text


async def test_the_vendor_is_reached_through_a_socks_proxy() -> None:
    async with openai_stand_in() as vendor:
        address = URL(vendor.url)
        async with (
            socks_proxy(str(address.host), int(address.port or 0)) as proxy,
            connected("http://vendor.invalid/v1", proxy=proxy.url) as provider,
        ):
            text, _completed = await listen(provider.stream(request()))
        assert proxy.asked_for == ["vendor.invalid"]
    assert text
