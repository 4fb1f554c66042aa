import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from services.sandbox.vendor.sounds import hear, speak
from tests.support.google import GoogleStandIn, google_stand_in
from tests.support.media import m4a, ogg, silence
from tests.support.openai import OpenAIStandIn
from tests.support.text_service import TextCaller, text_service

MEGABYTE = 1024 * 1024


@pytest.fixture
async def google() -> AsyncIterator[GoogleStandIn]:
    async with google_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def text(nats_url: str, vendor: OpenAIStandIn, google: GoogleStandIn) -> AsyncIterator[TextCaller]:
    async with text_service(
        nats_url, vendor, google_base_url=google.url, text_breaker_failures=2, text_max_retries=0
    ) as caller:
        await vendor.forget_calls()
        await google.forget_calls()
        yield caller


async def test_what_is_spoken_can_be_heard_again(text: TextCaller) -> None:
    spoken = await text.speak("Мурка живёт в Москве.")
    assert (spoken.audio.mime_type, spoken.audio.filename) == ("audio/ogg", "voice.ogg")
    assert spoken.duration_seconds == round(hear(spoken.audio.content).seconds)
    heard = await text.transcribe(spoken.audio.content)
    assert heard.text == "Мурка живёт в Москве."
    assert (heard.usage.provider, heard.usage.model) == ("openai", "gpt-transcribe")
    assert (spoken.usage.provider, spoken.usage.model) == ("openai", "gpt-4o-mini-tts")
    assert spoken.usage.estimated
    assert spoken.usage.output_token_count > 0
    assert not heard.usage.estimated


async def test_phones_recordings_are_heard_and_silence_is_empty(text: TextCaller) -> None:
    assert "2" in (await text.transcribe(m4a(2))).text
    assert (await text.transcribe(silence())).text == ""


async def test_google_takes_over_and_is_asked_at_once_while_openai_is_away(
    text: TextCaller, vendor: OpenAIStandIn, google: GoogleStandIn
) -> None:
    await vendor.fail(FaultKind.OVERLOADED, times=2)
    for _ in range(3):
        spoken = await text.speak("Hello")
        assert spoken.audio.content.startswith(b"OggS")
        assert (spoken.usage.provider, spoken.usage.estimated) == ("google", False)
    assert len(await vendor.calls()) == 2
    assert len(await google.calls()) == 3
    heard = await text.transcribe(speak("Hello"))
    assert (heard.text, heard.usage.provider) == ("Hello", "openai")


async def test_when_nobody_can_the_caller_hears_why(
    text: TextCaller, vendor: OpenAIStandIn, google: GoogleStandIn
) -> None:
    await vendor.fail(FaultKind.OUT_OF_FUNDS)
    await google.fail(FaultKind.INVALID_KEY)
    with pytest.raises(errors.ProviderOutOfFunds):
        await text.transcribe(ogg())


@pytest.mark.parametrize("content", [b"", b"no sound", bytes(20 * MEGABYTE + 1)])
async def test_what_is_no_recording_or_too_large_names_the_field_and_asks_nobody(
    text: TextCaller, vendor: OpenAIStandIn, content: bytes
) -> None:
    with pytest.raises(errors.InvalidRequest) as caught:
        await text.transcribe(content)
    assert [violation.field for violation in caught.value.violations] == ["audio.content"]
    assert await vendor.calls() == []


@pytest.mark.parametrize("words", ["", " \n", "a" * 4097])
async def test_a_text_that_is_empty_or_too_long_names_the_field(text: TextCaller, words: str) -> None:
    with pytest.raises(errors.InvalidRequest) as caught:
        await text.speak(words)
    assert [violation.field for violation in caught.value.violations] == ["text"]


async def test_a_caller_that_leaves_hangs_up_on_the_vendor(text: TextCaller, vendor: OpenAIStandIn) -> None:
    await vendor.fail(FaultKind.HANG)
    speaking: asyncio.Task[Any] = asyncio.create_task(text.speak("Hello"))
    await vendor.until_active()
    speaking.cancel()
    [call] = await vendor.until_ended()
    assert call.outcome is Outcome.CLIENT_GONE


async def test_more_voices_at_once_than_there_are_places_are_told_to_come_back(
    nats_url: str, vendor: OpenAIStandIn
) -> None:
    async with text_service(nats_url, vendor, text_max_voices=1) as text:
        await vendor.fail(FaultKind.HANG)
        speaking: asyncio.Task[Any] = asyncio.create_task(text.speak("Hello"))
        await vendor.until_active()
        with pytest.raises(errors.ServiceUnavailable):
            await text.speak("Hello")
        speaking.cancel()


async def test_seconds_and_outcomes_are_counted(text: TextCaller) -> None:
    await text.speak("Hello")
    metrics = await text.metrics()
    assert 'quartet_text_voices_total{outcome="done",skill="speak"} 1.0' in metrics
    assert 'quartet_text_voice_seconds_total{model="gpt-4o-mini-tts",skill="speak"}' in metrics


async def test_without_a_model_that_speaks_the_operator_is_to_blame(
    nats_url: str, vendor: OpenAIStandIn
) -> None:
    async with text_service(nats_url, vendor, openai_speech_model="") as text:
        with pytest.raises(errors.ProviderMisconfigured):
            await text.speak("Hello")
