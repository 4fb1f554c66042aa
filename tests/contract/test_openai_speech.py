from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from aiohttp import web

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.text.providers.openai.connection import connect
from services.text.providers.openai.settings import OpenAISettings
from services.text.providers.speech import SpeechProvider
from tests.contract.speech_provider import SpeechProviderSuite, heard
from tests.contract.text_provider import Refusal
from tests.support.media import ogg
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.stand_ins import serving


async def connected(base_url: str) -> AsyncIterator[SpeechProvider]:
    settings = OpenAISettings(openai_base_url=base_url)
    async with aclosing(connect(settings, max_streams=10, voice_timeout_seconds=1.5)) as provider:
        assert provider.speech is not None
        yield provider.speech


class TestOpenAISpeech(SpeechProviderSuite):
    provider = "openai"
    refusals = (
        Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
        Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
        Refusal(FaultKind.OUT_OF_FUNDS, "credit_balance_exhausted", errors.ProviderOutOfFunds),
        Refusal(FaultKind.OVERLOADED, None, errors.ProviderUnavailable),
        Refusal(FaultKind.SERVER_ERROR, None, errors.ProviderUnavailable),
        Refusal(FaultKind.MODERATION, None, errors.ContentRejected),
        Refusal(FaultKind.UNSUPPORTED_COUNTRY, None, errors.ProviderUnsupportedCountry),
        Refusal(FaultKind.MODEL_NOT_FOUND, None, errors.ModelNotFound),
        Refusal(FaultKind.INVALID_KEY, None, errors.ProviderMisconfigured),
    )

    @pytest.fixture
    async def vendor(self) -> AsyncIterator[OpenAIStandIn]:
        async with openai_stand_in() as vendor:
            yield vendor

    @pytest.fixture
    async def speech(self, vendor: OpenAIStandIn) -> AsyncIterator[SpeechProvider]:
        async for speech in connected(vendor.base_url):
            yield speech

    async def test_it_speaks_opus_in_ogg_from_the_start(self, speech: SpeechProvider) -> None:
        spoken = await speech.speak("Hello")
        assert spoken.content.startswith(b"OggS")
        assert spoken.usage is None


@pytest.mark.parametrize(
    "answer", [{"text": " Hello "}, {"text": "Hello", "usage": {"type": "duration", "seconds": 2}}]
)
async def test_a_server_that_counts_no_tokens_has_them_estimated(answer: dict[str, object]) -> None:
    async def transcribe(_request: web.Request) -> web.Response:
        return web.json_response(answer)

    app = web.Application()
    app.router.add_post("/v1/audio/transcriptions", transcribe)
    async with serving(app, 0) as (_session, url):
        async for speech in connected(f"{url}/v1"):
            transcript = await speech.transcribe(await heard(ogg(2)))
    assert transcript.text == "Hello"
    assert transcript.usage.estimated
    assert transcript.usage.input_tokens == 20
