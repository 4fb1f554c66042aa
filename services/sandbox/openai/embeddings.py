import asyncio
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from services.sandbox.openai import models
from services.sandbox.openai.refusals import Refused, invalid, refused
from services.sandbox.vendor import tokens
from services.sandbox.vendor.embedding import embed
from services.sandbox.vendor.journal import Call
from services.sandbox.vendor.state import State
from services.sandbox.vendor.voicing import voice

# https://developers.openai.com/api/reference/resources/embeddings
MAX_INPUTS: Final = 2048
MAX_DIMENSIONS: Final = 1536


async def create(state: State, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """POST /v1/embeddings. Raises Refused."""
    model, texts, dimensions = str(body.get("model")), _texts(body), body.get("dimensions", MAX_DIMENSIONS)
    models.require(model, models.Task.EMBEDDING)
    if not isinstance(dimensions, int) or not 1 <= dimensions <= MAX_DIMENSIONS:
        raise Refused(invalid("Invalid value for 'dimensions'.", "dimensions"))
    if body.get("encoding_format") != "float":
        raise Refused(invalid("The stand-in writes floats only.", "encoding_format"))

    async def answer(_call: Call) -> web.Response:
        return web.json_response(await asyncio.to_thread(_answer, model, texts, dimensions))

    text = "\n".join(texts)
    return await voice(
        state, request, model=model, text=text, refused=lambda _call, fault: refused(fault), answer=answer
    )


def _texts(body: dict[str, Any]) -> Sequence[str]:
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise Refused(invalid("'$.input' is invalid.", "input"))
    if not 1 <= len(texts) <= MAX_INPUTS:
        raise Refused(invalid(f"'$.input' is invalid: at most {MAX_INPUTS} inputs.", "input"))
    return texts


def _answer(model: str, texts: Sequence[str], dimensions: int) -> dict[str, Any]:
    count = sum(map(tokens.count, texts))
    return {
        "object": "list",
        "model": model,
        "data": [
            {"object": "embedding", "index": index, "embedding": embed(text, dimensions)}
            for index, text in enumerate(texts)
        ],
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }
