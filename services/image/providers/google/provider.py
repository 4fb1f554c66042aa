import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Final, cast

from google.genai.types import GenerateContentResponse, ListModelsConfig

from services.image.providers.base import Drawn, ImageRequest, Preview
from services.image.providers.google.errors import translate
from services.image.providers.google.reading import Reader
from services.image.providers.google.request import config, contents
from services.providers.base import Capabilities, OfferedModel
from services.providers.deadlines import Deadlines, Timeouts
from services.providers.google.connection import Connection
from services.providers.google.errors import FAILURES, PROVIDER
from services.providers.google.errors import translate as translate_shared

LISTING_SECONDS: Final = 5.0
MODELS_PER_PAGE: Final = 1000
ANSWERING: Final = "generateContent"
Chunks = AsyncGenerator[GenerateContentResponse]


class GoogleImages:
    """Draws with Google's image models. It never retries by itself."""

    name = PROVIDER
    # https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats
    capabilities = Capabilities(image_mime_types=frozenset({"image/png", "image/jpeg", "image/webp"}))

    def __init__(
        self, connection: Connection, *, timeouts: Timeouts, previewing_models: frozenset[str] = frozenset()
    ) -> None:
        self._connection = connection
        self._timeouts = timeouts
        self._previewing_models = previewing_models

    async def stream(self, request: ImageRequest) -> AsyncGenerator[Preview | Drawn]:
        reader = Reader(request)
        try:
            with Deadlines(self._timeouts) as deadlines:
                async with aclosing(self._previews(request, reader, deadlines)) as previews:
                    async for preview in previews:
                        yield preview
                        del preview
            drawn = reader.end()
        except FAILURES as error:
            raise translate(error, request) from error
        yield drawn

    async def models(self) -> Sequence[OfferedModel]:
        try:
            async with asyncio.timeout(LISTING_SECONDS):
                return [OfferedModel(model_id) async for model_id in self._offered()]
        except FAILURES as error:
            raise translate_shared(error, model="", is_begun=False) from error

    async def aclose(self) -> None:
        await self._connection.aclose()

    async def _offered(self) -> AsyncIterator[str]:
        client = self._connection.client
        page = await client.aio.models.list(config=ListModelsConfig(page_size=MODELS_PER_PAGE))
        async for model in page:
            if model.name and ANSWERING in (model.supported_actions or ()):
                yield model.name.removeprefix("models/")

    async def _previews(
        self, request: ImageRequest, reader: Reader, deadlines: Deadlines
    ) -> AsyncGenerator[Preview]:
        async with AsyncExitStack() as stack:
            chunks = await self._open(request, stack)
            # The SDK sends the request when it is asked for the first chunk.
            with self._connection.responses.watched() as responses, deadlines.guard():
                chunk = await anext(chunks, None)
            for response in responses:
                stack.push_async_callback(response.aclose)
            while chunk is not None:
                deadlines.advance()
                for preview in reader.read(chunk):
                    yield preview
                # Pictures are large: this one is let go of before the next one is awaited.
                del chunk
                with deadlines.guard():
                    chunk = await anext(chunks, None)

    async def _open(self, request: ImageRequest, stack: AsyncExitStack) -> Chunks:
        has_previews = request.model in self._previewing_models
        chunks = await self._connection.client.aio.models.generate_content_stream(
            model=request.model, contents=contents(request), config=config(request, has_previews=has_previews)
        )
        return await stack.enter_async_context(aclosing(cast("Chunks", chunks)))
