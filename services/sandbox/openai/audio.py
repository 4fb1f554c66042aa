import asyncio
from typing import Any, Final

from aiohttp import BodyPartReader, web

from services.sandbox.openai import models
from services.sandbox.openai.refusals import INVALID, Refusal, Refused, invalid, refused
from services.sandbox.vendor import sounds, tokens
from services.sandbox.vendor.faults import Fault
from services.sandbox.vendor.journal import Call
from services.sandbox.vendor.sounds import Heard
from services.sandbox.vendor.state import State
from services.sandbox.vendor.voicing import voice

MAX_SPOKEN_CHARACTERS: Final = 4096
# https://developers.openai.com/api/reference/resources/audio
MAX_FILE_BYTES: Final = 25 * 1024 * 1024
HEARD_TOKENS_PER_SECOND: Final = 10
SUFFIXES: Final = frozenset({"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"})


async def transcribe(state: State, request: web.Request) -> web.StreamResponse:
    """POST /v1/audio/transcriptions. Raises Refused."""
    model, name, data = await _form(request)
    models.require(model, models.Task.TRANSCRIPTION)
    if name.rpartition(".")[2].lower() not in SUFFIXES:
        supported = sorted(SUFFIXES)
        raise Refused(invalid(f"Unrecognized file format. Supported formats: {supported}", "file"))
    try:
        heard = await asyncio.to_thread(sounds.hear, data)
    except ValueError as error:
        message = "Audio file might be corrupted or unsupported"
        raise Refused(Refusal(400, INVALID, "invalid_value", message, "file")) from error

    async def answer(call: Call) -> web.Response:
        call.tokens_sent = tokens.count(heard.text)
        return web.json_response({"text": heard.text, "languages": [], "usage": _usage(heard)})

    return await voice(state, request, model=model, text=heard.text, refused=_refused, answer=answer)


async def speak(state: State, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """POST /v1/audio/speech. Raises Refused."""
    text, model = body.get("input"), body.get("model")
    models.require(str(model), models.Task.SPEECH)
    if not isinstance(text, str) or not text:
        raise Refused(invalid("Missing required parameter: 'input'.", "input"))
    if len(text) > MAX_SPOKEN_CHARACTERS:
        message = f"Invalid 'input': string too long. Expected at most {MAX_SPOKEN_CHARACTERS} characters."
        raise Refused(Refusal(400, INVALID, "string_above_max_length", message, "input"))
    if not isinstance(body.get("voice"), str):
        raise Refused(invalid("Missing required parameter: 'voice'.", "voice"))
    if body.get("response_format") != "opus":
        raise Refused(invalid("The stand-in speaks opus only.", "response_format"))

    async def answer(_call: Call) -> web.Response:
        return web.Response(body=await asyncio.to_thread(sounds.speak, text), content_type="audio/opus")

    return await voice(state, request, model=str(model), text=text, refused=_refused, answer=answer)


async def _form(request: web.Request) -> tuple[str, str, bytes]:
    if not request.content_type.startswith("multipart/"):
        raise Refused(invalid("Could not parse multipart form"))
    model, name, data = "", "", None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "model":
            model = await part.text()
        elif part.name == "file":
            name, data = part.filename or "", bytes(await part.read())
    if data is None:
        raise Refused(invalid("Missing required parameter: 'file'.", "file"))
    if len(data) > MAX_FILE_BYTES:
        raise Refused(Refusal(413, INVALID, None, f"Maximum content size limit ({MAX_FILE_BYTES}) exceeded"))
    return model, name, data


def _usage(heard: Heard) -> dict[str, Any]:
    heard_count, said_count = round(heard.seconds * HEARD_TOKENS_PER_SECOND), tokens.count(heard.text)
    return {
        "type": "tokens",
        "input_tokens": heard_count,
        "input_token_details": {"text_tokens": 0, "audio_tokens": heard_count},
        "output_tokens": said_count,
        "total_tokens": heard_count + said_count,
    }


def _refused(_call: Call, fault: Fault) -> web.Response | None:
    return refused(fault)
