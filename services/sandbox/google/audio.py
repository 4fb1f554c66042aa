import asyncio
import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from services.sandbox.google.models import Task
from services.sandbox.google.refusals import Refused, invalid
from services.sandbox.google.wire import GoogleWire
from services.sandbox.vendor import sounds, tokens
from services.sandbox.vendor.faults import Fault
from services.sandbox.vendor.journal import Call
from services.sandbox.vendor.questions import Question
from services.sandbox.vendor.sounds import Heard
from services.sandbox.vendor.state import State
from services.sandbox.vendor.voicing import voice
from services.sandbox.vendor.wire import Usage

# https://ai.google.dev/gemini-api/docs/audio
SOUND_TYPES: Final = frozenset(
    f"audio/{kind}" for kind in ("wav", "mp3", "mpeg", "aiff", "aac", "ogg", "flac")
)
SAMPLES: Final = f"audio/L16;codec=pcm;rate={sounds.RATE_HERTZ}"
HEARD_TOKENS_PER_SECOND: Final = 32
SPOKEN_TOKENS_PER_SECOND: Final = 25
SAMPLE_BYTES: Final = 2


async def answer(
    state: State, request: web.Request, model: str, task: Task, body: dict[str, Any]
) -> web.StreamResponse:
    """Answer a request to a model that hears or speaks. Raises Refused."""
    if task is Task.SPEECH:
        return await _speak(state, request, model, body)
    return await _transcribe(state, request, model, body)


async def _speak(state: State, request: web.Request, model: str, body: dict[str, Any]) -> web.StreamResponse:
    texts = [part["text"] for part in _parts(body) if isinstance(part.get("text"), str)]
    config = body.get("generationConfig") or {}
    if config.get("responseModalities") != ["AUDIO"]:
        raise Refused(
            invalid("The requested combination of response modalities is not supported by the model.")
        )
    if not texts or not texts[-1]:
        raise Refused(invalid("* GenerateContentRequest.contents: contents is not specified\n"))
    text = texts[-1]

    async def respond(call: Call) -> web.Response:
        samples = await asyncio.to_thread(sounds.sing, text)
        seconds = len(samples) / SAMPLE_BYTES / sounds.RATE_HERTZ
        blob = {"mimeType": SAMPLES, "data": b64encode(samples).decode()}
        usage = Usage(tokens.count("".join(texts)), 0, round(seconds * SPOKEN_TOKENS_PER_SECOND), 0)
        return web.json_response(_wire(call, model).spoken(blob, usage))

    return await voice(state, request, model=model, text=text, refused=refusal(model), answer=respond)


async def _transcribe(
    state: State, request: web.Request, model: str, body: dict[str, Any]
) -> web.StreamResponse:
    heard = await _heard(body)

    async def respond(call: Call) -> web.Response:
        count = call.tokens_sent = tokens.count(heard.text)
        usage = Usage(round(heard.seconds * HEARD_TOKENS_PER_SECOND), 0, count, 0)
        return web.json_response(_wire(call, model).whole(heard.text, usage, None))

    return await voice(state, request, model=model, text=heard.text, refused=refusal(model), answer=respond)


async def _heard(body: dict[str, Any]) -> Heard:
    blobs = [part["inlineData"] for part in _parts(body) if isinstance(part.get("inlineData"), dict)]
    if not blobs:
        raise Refused(invalid("The model hears audio only: there is no audio in the request."))
    blob = blobs[-1]
    if blob.get("mimeType") not in SOUND_TYPES:
        raise Refused(invalid(f"Unsupported MIME type: {blob.get('mimeType')}"))
    try:
        # The SDK writes base64 in the alphabet for addresses.
        return await asyncio.to_thread(sounds.hear, b64decode(str(blob.get("data")), altchars=b"-_"))
    except (ValueError, binascii.Error) as error:
        raise Refused(invalid("Unable to process input audio.")) from error


def _parts(body: dict[str, Any]) -> list[dict[str, Any]]:
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents or not isinstance(contents[-1], dict):
        raise Refused(invalid("* GenerateContentRequest.contents: contents is not specified\n"))
    return [part for part in contents[-1].get("parts") or [] if isinstance(part, dict)]


def refusal(model: str) -> Callable[[Call, Fault], web.Response | None]:
    return lambda call, fault: _wire(call, model).refused(fault)


def _wire(call: Call, model: str) -> GoogleWire:
    return GoogleWire(call.n, Question(model, [], is_stream=False, wants_usage=True, max_tokens=None))
