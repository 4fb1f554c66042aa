import asyncio
import re
from collections.abc import Mapping
from typing import Final

import openai
from openai import AsyncOpenAI
from openai.types.audio.transcription import Transcription, UsageTokens

from services.chassis.errors import InvalidRequest, QuartetError
from services.providers.openai.errors import FAILURES, PROVIDER, StreamFailed, translate
from services.text.conversation import Usage
from services.text.providers.speech import Speech, SpeechModels, Transcript, estimated_hearing
from services.text.sound import Sound

# The vendor goes by the name of the file.
SUFFIXES: Final = {"audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/wav": "wav", "audio/flac": "flac"}
# https://developers.openai.com/api/docs/deprecations
SHUTDOWN_DATES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15", "tts-1", "tts-1-hd"), "2027-01-06"),
    **dict.fromkeys(("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"), "2027-02-26"),
}
BAD_SOUND: Final = re.compile(r"audio (file|duration)|file format", re.IGNORECASE)


class OpenAISpeech:
    """Hears and speaks through OpenAI's audio API. https://developers.openai.com/api/reference/resources/audio"""

    shutdown_dates = SHUTDOWN_DATES

    def __init__(
        self, client: AsyncOpenAI, models: SpeechModels, *, voice: str, timeout_seconds: float
    ) -> None:
        self._client = client
        self.models = models
        self._voice = voice
        self._timeout_seconds = timeout_seconds

    async def transcribe(self, sound: Sound) -> Transcript:
        model = self.models.transcription
        name = f"recording.{SUFFIXES[sound.mime_type]}"
        try:
            async with asyncio.timeout(self._timeout_seconds):
                heard = await self._client.audio.transcriptions.create(
                    model=model, file=(name, sound.content, sound.mime_type), response_format="json"
                )
            if not isinstance(heard, Transcription):
                raise StreamFailed(None, "the answer is no transcription")
        except FAILURES as error:
            raise _translated(error, model) from error
        return Transcript(heard.text.strip(), _usage(heard, model, sound.seconds))

    async def speak(self, text: str) -> Speech:
        model = self.models.speech
        try:
            async with asyncio.timeout(self._timeout_seconds):
                spoken = await self._client.audio.speech.create(
                    model=model, voice=self._voice, input=text, response_format="opus"
                )
        except FAILURES as error:
            raise _translated(error, model) from error
        return Speech(spoken.content)


def _usage(heard: Transcription, model: str, seconds: float) -> Usage:
    counts = heard.usage
    if not isinstance(counts, UsageTokens):  # some models are billed by the second, some servers not at all
        return estimated_hearing(PROVIDER, model, seconds, heard.text)
    return Usage(PROVIDER, model, input_tokens=counts.input_tokens, output_tokens=counts.output_tokens)


def _translated(error: Exception, model: str) -> QuartetError:
    if isinstance(error, openai.BadRequestError) and (
        error.param == "file" or BAD_SOUND.search(error.message)
    ):
        return InvalidRequest(
            "the recording is not one that openai can hear", metadata={"provider": PROVIDER}
        )
    return translate(error, model=model, is_begun=False)
