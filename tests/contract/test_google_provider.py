from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from pydantic import SecretStr
from yarl import URL

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.text.providers.base import TextProvider
from services.text.providers.google.connection import connect
from services.text.providers.google.settings import GoogleSettings
from tests.contract.text_provider import Refusal, TextProviderSuite, listen, request
from tests.support.google import GoogleStandIn, google_stand_in
from tests.support.ports import free_port
from tests.support.socks import socks_proxy

MODEL = "gemini-3.8-flash"


@asynccontextmanager
async def connected(base_url: str, proxy: str | None = None) -> AsyncIterator[TextProvider]:
    settings = GoogleSettings(
        google_base_url=base_url,
        google_proxy=SecretStr(proxy) if proxy else None,
        google_connect_timeout_seconds=3.0,
        google_first_token_timeout_seconds=1.5,
        google_next_token_timeout_seconds=1.5,
    )
    async with aclosing(connect(settings, max_streams=100)) as provider:
        yield provider


class TestGoogle(TextProviderSuite):
    model = MODEL
    refusals = (
        Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
        Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
        Refusal(FaultKind.OUT_OF_FUNDS, "SPENDING_CAP", errors.ProviderOutOfFunds),
        Refusal(FaultKind.OUT_OF_FUNDS, "FREE_TIER_NONE", errors.ProviderOutOfFunds),
        Refusal(FaultKind.OUT_OF_FUNDS, "BILLING_DISABLED", errors.ProviderOutOfFunds),
        Refusal(FaultKind.OVERLOADED, None, errors.ProviderUnavailable),
        Refusal(FaultKind.SERVER_ERROR, None, errors.ProviderUnavailable),
        Refusal(FaultKind.SERVER_ERROR, "DEADLINE_EXCEEDED", errors.ProviderUnavailable),
        Refusal(FaultKind.MODERATION, None, errors.ContentRejected),
        Refusal(FaultKind.MODERATION, "SAFETY", errors.ContentRejected),
        Refusal(FaultKind.MODERATION, "BLOCKLIST", errors.ContentRejected),
        Refusal(FaultKind.MODERATION, "OTHER", errors.ContentRejected),
        Refusal(FaultKind.CONTEXT_TOO_LONG, None, errors.ContextTooLong),
        Refusal(FaultKind.UNSUPPORTED_COUNTRY, None, errors.ProviderUnsupportedCountry),
        Refusal(FaultKind.MODEL_NOT_FOUND, None, errors.ModelNotFound),
        Refusal(FaultKind.INVALID_KEY, None, errors.ProviderMisconfigured),
        Refusal(FaultKind.INVALID_KEY, "PERMISSION_DENIED", errors.ProviderMisconfigured),
        Refusal(FaultKind.SERVER_ERROR, "BAD_IMAGE", errors.InvalidRequest),
    )
    failures_inside = (
        ("INTERNAL", errors.ProviderUnavailable),
        ("UNAVAILABLE", errors.ProviderUnavailable),
        ("RESOURCE_EXHAUSTED", errors.ProviderRateLimited),
        ("PREPAY_DEPLETED", errors.ProviderOutOfFunds),
    )

    @pytest.fixture
    async def vendor(self) -> AsyncIterator[GoogleStandIn]:
        async with google_stand_in() as vendor:
            yield vendor

    @pytest.fixture
    async def provider(self, vendor: GoogleStandIn) -> AsyncIterator[TextProvider]:
        async with connected(vendor.url) as provider:
            yield provider

    @pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "SPII", "BLOCKLIST"])
    async def test_every_reason_of_moderation_is_a_rejection(
        self, provider: TextProvider, vendor: GoogleStandIn, reason: str
    ) -> None:
        await vendor.fail(FaultKind.INCOMPLETE, after_tokens=5, code=reason)
        with pytest.raises(errors.ContentRejected):
            await listen(provider.stream(request(MODEL)))

    @pytest.mark.parametrize("reason", ["OTHER", "MALFORMED_RESPONSE", "LANGUAGE"])
    async def test_an_answer_that_goes_wrong_is_the_vendors_failure(
        self, provider: TextProvider, vendor: GoogleStandIn, reason: str
    ) -> None:
        await vendor.fail(FaultKind.INCOMPLETE, code=reason)
        with pytest.raises(errors.ProviderUnavailable):
            await listen(provider.stream(request(MODEL)))

    async def test_only_models_that_answer_are_listed(self, provider: TextProvider) -> None:
        assert "gemini-embedding-001" not in {model.model_id for model in await provider.models()}


async def test_a_vendor_that_cannot_be_reached_is_unavailable_and_asked_once() -> None:
    async with connected(f"http://127.0.0.1:{free_port()}") as provider:
        with pytest.raises(errors.ProviderUnavailable):
            await listen(provider.stream(request(MODEL)))


async def test_a_failing_vendor_is_asked_once_only() -> None:
    async with google_stand_in() as vendor, connected(vendor.url) as provider:
        await vendor.fail(FaultKind.CUT_MID_STREAM, times=2)
        with pytest.raises(errors.ProviderUnavailable):
            await listen(provider.stream(request(MODEL)))
        assert len(await vendor.until_ended()) == 1


async def test_the_vendor_is_reached_through_an_http_proxy() -> None:
    async with (
        google_stand_in() as vendor,
        connected("http://vendor.invalid", proxy=vendor.url) as provider,
    ):
        text, _completed = await listen(provider.stream(request(MODEL)))
    assert text


async def test_the_vendor_is_reached_through_a_socks_proxy() -> None:
    async with google_stand_in() as vendor:
        address = URL(vendor.url)
        async with (
            socks_proxy(str(address.host), int(address.port or 0)) as proxy,
            connected("http://vendor.invalid", proxy=proxy.url) as provider,
        ):
            text, _completed = await listen(provider.stream(request(MODEL)))
        assert proxy.asked_for == ["vendor.invalid"]
    assert text
