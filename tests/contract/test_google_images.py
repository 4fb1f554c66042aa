from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import pytest

from services.chassis import errors
from services.image.providers.base import ImageProvider
from services.image.providers.google.connection import connect
from services.image.providers.google.settings import GoogleImageSettings
from services.sandbox.vendor.faults import FaultKind
from tests.contract.image_provider import PreviewingProviderSuite, Refusal, opened, request, watch
from tests.support.google import GoogleStandIn, google_stand_in
from tests.support.stand_ins import VendorStandIn

MODEL = "gemini-3-pro-image"


@asynccontextmanager
async def connected(
    base_url: str,
    *,
    first_seconds: float = 5.0,
    next_seconds: float = 5.0,
    previewing: tuple[str, ...] = (MODEL,),
) -> AsyncIterator[ImageProvider]:
    settings = GoogleImageSettings(
        google_base_url=base_url,
        google_image_previewing_models=previewing,
        google_image_first_piece_timeout_seconds=first_seconds,
        google_image_next_piece_timeout_seconds=next_seconds,
    )
    async with aclosing(connect(settings, max_requests=100)) as provider:
        yield provider


class TestGoogleImages(PreviewingProviderSuite):
    model = MODEL
    preview_count = 2
    refusals = (
        Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
        Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
        Refusal(FaultKind.OVERLOADED, None, errors.ProviderUnavailable),
        Refusal(FaultKind.SERVER_ERROR, None, errors.ProviderUnavailable),
        Refusal(FaultKind.MODERATION, None, errors.ContentRejected),
        Refusal(FaultKind.UNSUPPORTED_COUNTRY, None, errors.ProviderUnsupportedCountry),
        Refusal(FaultKind.MODEL_NOT_FOUND, None, errors.ModelNotFound),
        Refusal(FaultKind.INVALID_KEY, None, errors.ProviderMisconfigured),
    )

    @pytest.fixture
    async def vendor(self) -> AsyncIterator[GoogleStandIn]:
        async with google_stand_in() as vendor:
            yield vendor

    def connected(
        self, vendor: VendorStandIn, *, first_seconds: float, next_seconds: float
    ) -> AbstractAsyncContextManager[ImageProvider]:
        return connected(vendor.url, first_seconds=first_seconds, next_seconds=next_seconds)

    async def test_no_previews_are_asked_of_models_that_are_not_said_to_have_any(
        self, vendor: GoogleStandIn
    ) -> None:
        await vendor.pace(picture_seconds=0.0)
        async with connected(vendor.url, previewing=()) as provider:
            previews, drawn = await watch(provider.stream(request(MODEL)))
        assert previews == []
        opened(drawn)
