import asyncio
from collections.abc import Sequence

from openai import AsyncOpenAI
from openai.types import CreateEmbeddingResponse

from services.providers.openai.errors import FAILURES, PROVIDER, StreamFailed, translate
from services.text.conversation import Usage
from services.text.providers.embedding import DIMENSIONS, Embedded, Purpose, estimated_embedding


class OpenAIEmbedding:
    """Embeds texts through OpenAI. https://developers.openai.com/api/docs/guides/embeddings"""

    def __init__(self, client: AsyncOpenAI, model: str, *, timeout_seconds: float) -> None:
        self._client = client
        self.model = model
        self._timeout_seconds = timeout_seconds

    async def embed(self, texts: Sequence[str], _purpose: Purpose) -> Embedded:
        """Passages and questions are embedded alike."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._client.embeddings.create(
                    model=self.model, input=list(texts), dimensions=DIMENSIONS, encoding_format="float"
                )
            vectors = _vectors(response, len(texts))
        except FAILURES as error:
            raise translate(error, model=self.model, is_begun=False) from error
        return Embedded(vectors, self._usage(response, texts))

    def _usage(self, response: CreateEmbeddingResponse, texts: Sequence[str]) -> Usage:
        if not response.usage:  # servers of one's own may count nothing, whatever the SDK promises
            return estimated_embedding(PROVIDER, self.model, texts)
        return Usage(PROVIDER, self.model, input_tokens=response.usage.prompt_tokens, output_tokens=0)


def _vectors(response: CreateEmbeddingResponse, count: int) -> tuple[tuple[float, ...], ...]:
    vectors = tuple(tuple(each.embedding) for each in sorted(response.data, key=lambda each: each.index))
    if len(vectors) != count or any(len(vector) != DIMENSIONS for vector in vectors):
        raise StreamFailed(None, "the answer is not what was asked for")
    return vectors
