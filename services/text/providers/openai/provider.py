from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Final

import openai
import structlog
from openai import AsyncOpenAI, AsyncStream

from services.providers.base import Capabilities, OfferedModel
from services.providers.deadlines import Deadlines, Timeouts
from services.providers.openai.errors import FAILURES, PROVIDER, is_unknown_route, translate
from services.text.providers.base import Completed, Delta, TextRequest
from services.text.providers.embedding import EmbeddingProvider
from services.text.providers.openai.chat import ChatCompletions
from services.text.providers.openai.dialect import Dialect, Reader
from services.text.providers.openai.responses import Responses
from services.text.providers.openai.settings import OpenAIApi
from services.text.providers.speech import SpeechProvider

log = structlog.get_logger()

RESPONSES: Final = Responses()
CHAT: Final = ChatCompletions()
LISTING_SECONDS: Final = 5.0


class OpenAIProvider:
    """Answers from OpenAI or from a server that speaks its API. It never retries by itself."""

    name = PROVIDER
    capabilities = Capabilities(
        image_mime_types=frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
    )

    def __init__(
        self,
        client: AsyncOpenAI,
        *,
        api: OpenAIApi,
        timeouts: Timeouts,
        speech: SpeechProvider | None = None,
        embedding: EmbeddingProvider | None = None,
    ) -> None:
        self._client = client
        self.speech = speech
        self.embedding = embedding
        self._dialect: Dialect = CHAT if api is OpenAIApi.CHAT else RESPONSES
        self._fallback: Dialect | None = CHAT if api is OpenAIApi.AUTO else None
        self._timeouts = timeouts

    async def stream(self, request: TextRequest) -> AsyncGenerator[Delta | Completed]:
        is_begun = False
        try:
            with Deadlines(self._timeouts) as deadlines:
                reader, events = await self._open(request, deadlines)
                async with aclosing(_read(events, reader, deadlines)) as answer:
                    async for piece in answer:
                        is_begun = True
                        yield piece
        except FAILURES as error:
            raise translate(error, model=request.model, is_begun=is_begun) from error

    async def models(self) -> Sequence[OfferedModel]:
        try:
            page = await self._client.models.list(timeout=LISTING_SECONDS)
        except FAILURES as error:
            raise translate(error, model="", is_begun=False) from error
        return [OfferedModel(model.id, model.shutdown_date) for model in page.data]

    async def aclose(self) -> None:
        await self._client.close()

    async def _open(self, request: TextRequest, deadlines: Deadlines) -> tuple[Reader, AsyncStream[object]]:
        dialect = self._dialect
        try:
            return dialect.reader(request), await self._post(dialect, request, deadlines)
        except openai.APIStatusError as error:
            fallback = self._fallback
            if fallback is None or fallback is dialect or not is_unknown_route(error):
                raise
        if self._dialect is not fallback:
            self._dialect = fallback
            log.warning("responses_api_missing", base_url=str(self._client.base_url), using=fallback.path)
        return fallback.reader(request), await self._post(fallback, request, deadlines)

    async def _post(
        self, dialect: Dialect, request: TextRequest, deadlines: Deadlines
    ) -> AsyncStream[object]:
        # Plain dictionaries instead of the SDK's event classes: choosing among its sixty classes for each
        # token takes four times the time of all the rest.
        with deadlines.guard():
            return await self._client.post(
                dialect.path,
                cast_to=object,
                body=dialect.body(request),
                stream=True,
                stream_cls=AsyncStream[object],
            )


async def _read(
    events: AsyncStream[object], reader: Reader, deadlines: Deadlines
) -> AsyncGenerator[Delta | Completed]:
    async with events:
        while True:
            with deadlines.guard():
                event: Any = await anext(events, None)
            if event is None:
                break
            delta = reader.read(event)
            if delta is not None:
                deadlines.advance()
                yield delta
    yield reader.end()
