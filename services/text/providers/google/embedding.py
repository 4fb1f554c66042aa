import asyncio
import re
from collections.abc import Sequence
from typing import Final

from google.genai import Client
from google.genai.types import Content, EmbedContentConfig, EmbedContentResponse, Part

from services.providers.google.errors import FAILURES, PROVIDER, StreamFailed, translate
from services.text.conversation import Usage
from services.text.providers.embedding import DIMENSIONS, Embedded, Purpose, estimated_embedding

# The first generation is told what a text is for by a parameter, the others in the text.
# https://ai.google.dev/gemini-api/docs/embeddings#task-types
TOLD_BY_PARAMETER: Final = re.compile(r"(gemini|text)-embedding-(001|004|exp.*)")
TASK_TYPES: Final = {Purpose.PASSAGE: "RETRIEVAL_DOCUMENT", Purpose.QUESTION: "RETRIEVAL_QUERY"}
PREFIXES: Final = {
    Purpose.PASSAGE: "title: none | text: ",
    Purpose.QUESTION: "task: search result | query: ",
}


class GoogleEmbedding:
    """Embeds texts through Gemini. https://ai.google.dev/gemini-api/docs/embeddings"""

    def __init__(self, client: Client, model: str, *, timeout_seconds: float) -> None:
        self._client = client
        self.model = model
        self._timeout_seconds = timeout_seconds

    async def embed(self, texts: Sequence[str], purpose: Purpose) -> Embedded:
        is_parameter = TOLD_BY_PARAMETER.fullmatch(self.model)
        prefix = "" if is_parameter else PREFIXES[purpose]
        config = EmbedContentConfig(
            task_type=TASK_TYPES[purpose] if is_parameter else None, output_dimensionality=DIMENSIONS
        )
        # One content for each: of bare texts the SDK would make a single one, with one vector.
        contents = [Content(parts=[Part(text=prefix + text)]) for text in texts]
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._client.aio.models.embed_content(
                    model=self.model, contents=list(contents), config=config
                )
            vectors = _vectors(response, len(texts))
        except FAILURES as error:
            raise translate(error, model=self.model, is_begun=False) from error
        return Embedded(vectors, self._usage(response, texts))

    def _usage(self, response: EmbedContentResponse, texts: Sequence[str]) -> Usage:
        counted = response.usage_metadata.prompt_token_count if response.usage_metadata else None
        if counted is None:
            return estimated_embedding(PROVIDER, self.model, texts)
        return Usage(PROVIDER, self.model, input_tokens=counted, output_tokens=0)


def _vectors(response: EmbedContentResponse, count: int) -> tuple[tuple[float, ...], ...]:
    vectors = tuple(tuple(each.values or ()) for each in response.embeddings or ())
    if len(vectors) != count or any(len(vector) != DIMENSIONS for vector in vectors):
        raise StreamFailed("the answer is not what was asked for")
    return vectors
