import asyncio
from collections.abc import Callable, Sequence

import pytest

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from services.sandbox.vendor.sounds import speak
from services.text.providers.speech import SpeechProvider
from services.text.sound import Coder, Purpose, Sound
from tests.contract.text_provider import Refusal
from tests.support.media import mp3, ogg, silence
from tests.support.stand_ins import VendorStandIn


async def heard(content: bytes) -> Sound:
    return await Coder().prepare(content, Purpose.HEARD)


class SpeechProviderSuite:
    """What every vendor that hears and speaks must do.

    Subclasses give the fixtures `vendor`, a stand-in wherever it runs, and `speech`, which speaks to it and
    waits 1.5 s for an answer; and what is the vendor's own, as data.
    """

    provider: str
    refusals: Sequence[Refusal]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "refusal" in metafunc.fixturenames:
            names = ["-".join(filter(None, refusal[:2])) for refusal in self.refusals]
            metafunc.parametrize("refusal", self.refusals, ids=names)

    async def test_a_recording_becomes_its_words_and_the_vendors_counts(self, speech: SpeechProvider) -> None:
        transcript = await speech.transcribe(await heard(speak("Где живёт Мурка?\nВ Москве.")))
        assert transcript.text == "Где живёт Мурка?\nВ Москве."
        usage = transcript.usage
        assert (usage.provider, usage.model) == (self.provider, speech.models.transcription)
        assert usage.input_tokens > 0
        assert usage.output_tokens > 0
        assert not usage.estimated

    @pytest.mark.parametrize("record", [ogg, mp3])
    async def test_what_people_send_is_heard(
        self, speech: SpeechProvider, record: Callable[[float], bytes]
    ) -> None:
        transcript = await speech.transcribe(await heard(record(2)))
        assert "2" in transcript.text

    async def test_silence_is_no_text(self, speech: SpeechProvider) -> None:
        assert (await speech.transcribe(await heard(silence()))).text == ""

    async def test_a_text_becomes_sound_that_grows_with_it(self, speech: SpeechProvider) -> None:
        short, long = [
            await Coder().prepare((await speech.speak(text)).content, Purpose.SPOKEN)
            for text in ("Привет", "Привет, мир! " * 20)
        ]
        assert 0 < short.seconds < long.seconds

    async def test_refusals_are_errors_of_ours(
        self, speech: SpeechProvider, vendor: VendorStandIn, refusal: Refusal
    ) -> None:
        for call in (speech.speak("Hello"), speech.transcribe(await heard(ogg()))):
            await vendor.fail(refusal.kind, code=refusal.code)
            with pytest.raises(errors.QuartetError) as caught:
                await call
            assert type(caught.value) is refusal.error
            assert caught.value.metadata["provider"] == self.provider

    async def test_nothing_is_asked_twice(self, speech: SpeechProvider, vendor: VendorStandIn) -> None:
        await vendor.fail(FaultKind.OVERLOADED)
        with pytest.raises(errors.ProviderUnavailable):
            await speech.speak("Hello")
        assert len(await vendor.calls()) == 1

    @pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.CUT_MID_STREAM])
    async def test_a_vendor_that_is_silent_or_gone_is_unavailable(
        self, speech: SpeechProvider, vendor: VendorStandIn, kind: FaultKind
    ) -> None:
        await vendor.fail(kind)
        with pytest.raises(errors.ProviderUnavailable):
            await speech.speak("Hello")

    async def test_cancelling_hangs_up(self, speech: SpeechProvider, vendor: VendorStandIn) -> None:
        await vendor.fail(FaultKind.HANG)
        speaking = asyncio.create_task(speech.speak("Hello"))
        await vendor.until_active()
        speaking.cancel()
        [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE

    async def test_a_recording_that_the_vendor_cannot_read_is_the_askers_fault(
        self, speech: SpeechProvider
    ) -> None:
        with pytest.raises(errors.InvalidRequest):
            await speech.transcribe(Sound("audio/ogg", b"no sound at all", 1.0))
