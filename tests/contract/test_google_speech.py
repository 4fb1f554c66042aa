from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.text.providers.google.connection import connect
from services.text.providers.google.settings import GoogleSettings
from services.text.providers.speech import SpeechProvider
from tests.contract.speech_provider import SpeechProviderSuite
from tests.contract.text_provider import Refusal
from tests.support.google import GoogleStandIn, google_stand_in


class TestGoogleSpeech(SpeechProviderSuite):
    provider = "google"
    refusals = (
        Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
        Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
        Refusal(FaultKind.OUT_OF_FUNDS, "FREE_TIER_NONE", errors.ProviderOutOfFunds),
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

    @pytest.fixture
    async def speech(self, vendor: GoogleStandIn) -> AsyncIterator[SpeechProvider]:
        settings = GoogleSettings(google_base_url=vendor.url)
        async with aclosing(connect(settings, max_streams=10, voice_timeout_seconds=1.5)) as provider:
            assert provider.speech is not None
            yield provider.speech

    async def test_the_samples_that_it_speaks_come_as_a_file_with_the_vendors_counts(
        self, speech: SpeechProvider
    ) -> None:
        spoken = await speech.speak("Hello")
        assert spoken.content.startswith(b"RIFF")
        assert spoken.usage is not None
        assert spoken.usage.output_tokens > 0

    async def test_what_is_said_about_reading_aloud_is_not_read(
        self, speech: SpeechProvider, vendor: GoogleStandIn
    ) -> None:
        await speech.speak("Hello")
        [call] = await vendor.calls()
        assert call.text == "Hello"
