import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import structlog

from services.chassis.errors import (
    InvalidRequest,
    ProviderUnavailable,
    QuartetError,
    ServiceUnavailable,
    Violation,
)
from services.providers.accounting import Books
from services.text.conversation import Usage
from services.text.metrics import TextMetrics
from services.text.prices import spent
from services.text.providers.speech import Transcript, estimated_speaking
from services.text.sound import Coder, Purpose, Sound, UnreadableSound
from services.text.voice_vendors import Skill, VoiceVendors

log = structlog.get_logger()

# What Telegram hands out: https://core.telegram.org/bots/api#getfile
MAX_SOUND_BYTES: Final = 20 * 1024 * 1024
# What OpenAI takes: https://developers.openai.com/api/reference/resources/audio
MAX_SPOKEN_CHARACTERS: Final = 4096
# A model that ends is named at start-up so long before.
NOTICE: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text read aloud: Opus in Ogg, mono."""

    sound: Sound
    usage: Usage


class Voice:
    """Hears recordings and speaks texts, so many at once. Raises QuartetError."""

    def __init__(
        self, vendors: VoiceVendors, coder: Coder, books: Books, metrics: TextMetrics, *, max_voices: int
    ) -> None:
        self._vendors = vendors
        self._books = books
        self._coder = coder
        self._metrics = metrics
        self._places_left = max_voices

    def check(self, today: date) -> None:
        """Warn the operator of models that their vendor ends soon, or has ended."""
        for vendor, speech in self._vendors.speeches:
            for model in speech.models:
                ends_on = speech.shutdown_dates.get(model)
                if ends_on and date.fromisoformat(ends_on) - today <= NOTICE:
                    log.warning("model_shuts_down", provider=vendor, model=model, shutdown_date=ends_on)

    async def transcribe(self, content: bytes, *, user_key: int = 0) -> Transcript:
        """Say what is said in a recording; nothing, where nothing is. Raises InvalidRequest for no sound."""
        if not content or len(content) > MAX_SOUND_BYTES:
            raise _invalid("audio.content", f"must be inline and have 1 to {MAX_SOUND_BYTES} bytes")
        with self._reporting(Skill.TRANSCRIBE) as report:
            try:
                sound = await self._coder.prepare(content, Purpose.HEARD)
            except UnreadableSound as error:
                raise _invalid("audio.content", str(error)) from error
            account = self._books.account(Skill.TRANSCRIBE, user_key=user_key)
            _place, heard = await self._vendors.ask(
                Skill.TRANSCRIBE, lambda speech: speech.transcribe(sound), account
            )
            await account.answered(spent(heard.usage, minutes=sound.seconds / 60))
            report.done(heard.usage, sound.seconds)
        return heard

    async def speak(self, text: str, *, user_key: int = 0) -> Spoken:
        """Read a plain text aloud."""
        if not text.strip() or len(text) > MAX_SPOKEN_CHARACTERS:
            raise _invalid(
                "text", f"must have 1 to {MAX_SPOKEN_CHARACTERS} characters, not all of them spaces"
            )
        with self._reporting(Skill.SPEAK) as report:
            account = self._books.account(Skill.SPEAK, user_key=user_key)
            place, spoken = await self._vendors.ask(Skill.SPEAK, lambda speech: speech.speak(text), account)
            try:
                sound = await self._coder.prepare(spoken.content, Purpose.SPOKEN)
            except UnreadableSound as error:
                metadata = {"provider": place.vendor}
                unusable = ProviderUnavailable(f"{place.vendor} sent no sound", metadata=metadata)
                account.failed(unusable)
                raise unusable from error
            usage = spoken.usage or estimated_speaking(place.vendor, place.model, sound.seconds, text)
            await account.answered(spent(usage, minutes=sound.seconds / 60))
            report.done(usage, sound.seconds)
        return Spoken(sound, usage)

    @contextmanager
    def _reporting(self, skill: Skill) -> "Iterator[VoiceReport]":
        if not self._places_left:
            raise ServiceUnavailable("too many voices at once")
        self._places_left -= 1
        report = VoiceReport(self._metrics, skill)
        try:
            yield report
        except asyncio.CancelledError:
            report.outcome = "cancelled"
            raise
        except QuartetError as error:
            report.outcome = error.reason
            raise
        finally:
            self._places_left += 1
            report.close()


class VoiceReport:
    """What is measured of one recording or text. It never sees what is said."""

    def __init__(self, metrics: TextMetrics, skill: Skill) -> None:
        self._metrics = metrics
        self._skill = skill
        self._started_at = time.monotonic()
        self._usage: Usage | None = None
        self._seconds = 0.0
        self.outcome = "crashed"

    def done(self, usage: Usage, seconds: float) -> None:
        self.outcome, self._usage, self._seconds = "done", usage, seconds
        self._metrics.used(usage)

    def close(self) -> None:
        model = self._usage.model if self._usage else ""
        self._metrics.voiced(self._skill, self.outcome, model, self._seconds)
        log.info(
            "voice_ended",
            skill=self._skill,
            outcome=self.outcome,
            provider=self._usage.provider if self._usage else None,
            model=model or None,
            sound_seconds=round(self._seconds, 1),
            is_estimated=self._usage.estimated if self._usage else False,
            duration_ms=round((time.monotonic() - self._started_at) * 1000),
        )


def _invalid(field: str, description: str) -> InvalidRequest:
    return InvalidRequest(violations=[Violation(field, description)])
