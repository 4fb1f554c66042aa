import asyncio
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from services.sandbox.google.audio import refusal
from services.sandbox.google.refusals import Refused, invalid
from services.sandbox.vendor import tokens
from services.sandbox.vendor.embedding import embed
from services.sandbox.vendor.journal import Call
from services.sandbox.vendor.state import State
from services.sandbox.vendor.voicing import voice

# https://ai.google.dev/api/embeddings
MAX_REQUESTS: Final = 100
MAX_DIMENSIONS: Final = 3072
BATCH: Final = "batchEmbedContents"
METHODS: Final = frozenset({"embedContent", BATCH})


async def answer(
    state: State, request: web.Request, model: str, method: str, body: dict[str, Any]
) -> web.StreamResponse:
    """Answer a request to a model that embeds. Raises Refused."""
    is_batch = method == BATCH
    asked = body.get("requests") if is_batch else [body]
    if not isinstance(asked, list) or not 1 <= len(asked) <= MAX_REQUESTS:
        message = f"* BatchEmbedContentsRequest.requests: at most {MAX_REQUESTS} requests can be in one batch"
        raise Refused(invalid(message))
    texts = [_text(each) for each in asked]
    dimensions = asked[0].get("outputDimensionality", MAX_DIMENSIONS)
    if not isinstance(dimensions, int) or not 1 <= dimensions <= MAX_DIMENSIONS:
        raise Refused(invalid("* EmbedContentRequest.output_dimensionality: out of range"))

    async def respond(_call: Call) -> web.Response:
        vectors = await asyncio.to_thread(_vectors, texts, dimensions)
        count = sum(map(tokens.count, texts))
        found = {"embeddings": vectors} if is_batch else {"embedding": vectors[0]}
        return web.json_response({**found, "usageMetadata": {"promptTokenCount": count}})

    text = "\n".join(texts)
    return await voice(state, request, model=model, text=text, refused=refusal(model), answer=respond)


def _text(asked: Any) -> str:
    parts = ((asked.get("content") or {}).get("parts") or ()) if isinstance(asked, dict) else ()
    text = "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    if not text:
        raise Refused(invalid("* EmbedContentRequest.content: content is empty"))
    return text


def _vectors(texts: Sequence[str], dimensions: int) -> list[dict[str, list[float]]]:
    return [{"values": embed(text, dimensions)} for text in texts]
