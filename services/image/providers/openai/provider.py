from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing
from typing import Any, Final

from openai import AsyncAPIResponse, AsyncOpenAI

from services.image.providers.base import Drawn, ImageRequest, Preview
from services.image.providers.openai.errors import FAILURES, translate
from services.image.providers.openai.request import SUFFIXES, Manner, files, order
from services.image.providers.openai.streaming import pieces
from services.providers.base import Capabilities, OfferedModel
from services.providers.deadlines import Deadlines, Timeouts
from services.providers.openai.errors import PROVIDER
from services.providers.openai.errors import translate as translate_shared

LISTING_SECONDS: Final = 5.0


class OpenAIImages:
    """Draws with OpenAI's image models or on a server that speaks their API. It never retries by itself."""

    name = PROVIDER
    capabilities = Capabilities(image_mime_types=frozenset(SUFFIXES))

    def __init__(self, client: AsyncOpenAI, *, manner: Manner, timeouts: Timeouts) -> None:
        self._client = client
        self._manner = manner
        self._timeouts = timeouts

    async def stream(self, request: ImageRequest) -> AsyncGenerator[Preview | Drawn]:
        drawn: Drawn | None = None
        try:
            with Deadlines(self._timeouts) as deadlines:
                async with AsyncExitStack() as answer:
                    with deadlines.guard():
                        response = await answer.enter_async_context(self._ask(request))
                    found = await answer.enter_async_context(
                        aclosing(pieces(response, request.model, deadlines))
                    )
                    async for piece in found:
                        if isinstance(piece, Drawn):
                            drawn = piece
                        else:
                            yield piece
        except FAILURES as error:
            raise translate(error, request) from error
        # The connection is not kept while the picture is looked at.
        if drawn is not None:
            yield drawn

    async def models(self) -> Sequence[OfferedModel]:
        try:
            page = await self._client.models.list(timeout=LISTING_SECONDS)
        except FAILURES as error:
            raise translate_shared(error, model="", is_begun=False) from error
        return [OfferedModel(model.id, model.shutdown_date) for model in page.data]

    async def aclose(self) -> None:
        await self._client.close()

    def _ask(self, request: ImageRequest) -> AbstractAsyncContextManager[AsyncAPIResponse[Any]]:
        images = self._client.images.with_streaming_response
        asked = order(request, self._manner)
        if request.pictures:
            return images.edit(image=files(request), **asked)
        return images.generate(moderation="auto", **asked)
