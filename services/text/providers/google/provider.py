import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Final, cast

from google.genai.types import GenerateContentResponse, ListModelsConfig

from services.providers.base import Capabilities, OfferedModel
from services.providers.deadlines import Deadlines, Timeouts
from services.providers.google.connection import Connection
from services.providers.google.errors import FAILURES, PROVIDER, translate
from services.text.providers.base import Completed, Delta, TextRequest
from services.text.providers.embedding import EmbeddingProvider
from services.text.providers.google.reading import Reader
from services.text.providers.google.request import config, contents
from services.text.providers.speech import SpeechProvider

LISTING_SECONDS: Final = 5.0
MODELS_PER_PAGE: Final = 1000
ANSWERING: Final = "generateContent"
Chunks = AsyncGenerator[GenerateContentResponse]


class GoogleProvider:
    """Answers from Gemini through Google's own API. It never retries by itself."""

    name = PROVIDER
    # https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats
    capabilities = Capabilities(image_mime_types=frozenset({"image/png", "image/jpeg", "image/webp"}))

    def __init__(
        self,
        connection: Connection,
        *,
        timeouts: Timeouts,
        speech: SpeechProvider | None = None,
        embedding: EmbeddingProvider | None = None,
    ) -> None:
        self.speech = speech
        self.embedding = embedding
        self._connection = connection
        self._client = connection.client
        self._responses = connection.responses
        self._timeouts = timeouts

    async def stream(self, request: TextRequest) -> AsyncGenerator[Delta | Completed]:
        is_begun = False
        try:
            with Deadlines(self._timeouts) as deadlines:
                async with aclosing(self._pieces(request, deadlines)) as answer:
                    async for piece in answer:
                        is_begun = True
                        yield piece
        except FAILURES as error:
            raise translate(error, model=request.model, is_begun=is_begun) from error

    async def models(self) -> Sequence[OfferedModel]:
        try:
            async with asyncio.timeout(LISTING_SECONDS):
                return [OfferedModel(model_id) async for model_id in self._offered()]
        except FAILURES as error:
            raise translate(error, model="", is_begun=False) from error

    async def aclose(self) -> None:
        await self._connection.aclose()

    async def _offered(self) -> AsyncIterator[str]:
        page = await self._client.aio.models.list(config=ListModelsConfig(page_size=MODELS_PER_PAGE))
        async for model in page:
            if model.name and ANSWERING in (model.supported_actions or ()):
                yield model.name.removeprefix("models/")

    async def _pieces(self, request: TextRequest, deadlines: Deadlines) -> AsyncGenerator[Delta | Completed]:
        reader = Reader(request)
        async with AsyncExitStack() as stack:
            chunks = await self._open(request, stack)
            # The SDK sends the request when it is asked for the first chunk.
            with self._responses.watched() as responses, deadlines.guard():
                chunk = await anext(chunks, None)
            for response in responses:
                stack.push_async_callback(response.aclose)
            while chunk is not None:
                delta = reader.read(chunk)
                if delta is not None:
                    deadlines.advance()
                    yield delta
                with deadlines.guard():
                    chunk = await anext(chunks, None)
        yield reader.end()

    async def _open(self, request: TextRequest, stack: AsyncExitStack) -> Chunks:
        chunks = await self._client.aio.models.generate_content_stream(
            model=request.model, contents=contents(request), config=config(request)
        )
        return await stack.enter_async_context(aclosing(cast("Chunks", chunks)))
