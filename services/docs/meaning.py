import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, Self

import structlog

from services.chassis.errors import ModelNotFound, QuartetError, ResourceNotFound, ServiceUnavailable
from services.docs.embedder import MAX_TEXT_CHARACTERS, MAX_TEXTS, Embedder, Purpose
from services.docs.memory import Memory
from services.docs.metrics import DocsMetrics
from services.docs.passages import Passage
from services.docs.vault import Vault
from services.docs.vectors import Vectors, digest_of

log = structlog.get_logger()

# Of a document; more are found by their words alone.
MAX_PASSAGES: Final = 30_000
MAX_AT_ONCE: Final = 2
MAX_WAITING: Final = 20
KEPT_QUESTIONS: Final = 200
QUESTION_SECONDS: Final = 3.0
MAX_FOUND: Final = 50


class Meaning:
    """Ranks passages by what they mean, once their vectors are there; before, and where it fails, none.

    The vectors of a document are made in the background when it is first searched, and kept with it.
    """

    def __init__(self, embedder: Embedder, vault: Vault, metrics: DocsMetrics, *, max_bytes: int) -> None:
        self._embedder = embedder
        self._vault = vault
        self._metrics = metrics
        self._vectors: Memory[str, Vectors] = Memory(max_bytes, lambda each: each.size_bytes)
        self._questions: Memory[tuple[str, str], Sequence[float]] = Memory(KEPT_QUESTIONS, lambda _: 1)
        self._making: dict[str, asyncio.Task[None]] = {}
        self._turnstile = asyncio.Semaphore(MAX_AT_ONCE)
        self._is_failing = False

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Self]:
        """Make vectors while the block runs. What is not done by then begins anew with another question."""
        try:
            yield self
        finally:
            for task in self._making.values():
                task.cancel()
            await asyncio.gather(*self._making.values(), return_exceptions=True)

    async def ranked(self, transcript: str, passages: Sequence[Passage], question: str) -> list[int]:
        """Return the numbers of passages that mean most like a question, the best first; perhaps none."""
        try:
            async with asyncio.timeout(QUESTION_SECONDS):
                vectors = await self._vectors.get(transcript, lambda: self._load(transcript, passages))
                where = await self._questions.get(
                    (vectors.space, question), lambda: self._place(question, vectors.space)
                )
        except (ResourceNotFound, ModelNotFound):
            # There are none, or nobody embeds into their space any more.
            self._vectors.forget(transcript)
            self._begin(transcript, passages)
            return []
        except (QuartetError, TimeoutError) as error:
            self._failed(Purpose.QUESTION, error)
            return []
        return await asyncio.to_thread(vectors.nearest, where, most=MAX_FOUND)

    async def made(self, transcript: str) -> None:
        """Wait until the vectors of a document are made, or cannot be."""
        if task := self._making.get(transcript):
            await asyncio.wait({task})

    async def _load(self, transcript: str, passages: Sequence[Passage]) -> Vectors:
        content = await self._vault.get_vectors(transcript)
        vectors = await asyncio.to_thread(Vectors.decoded, content)
        if vectors.digest != await asyncio.to_thread(digest_of, passages):
            raise ResourceNotFound("the vectors are of other passages")
        return vectors

    async def _place(self, question: str, space: str) -> Sequence[float]:
        texts = [question[:MAX_TEXT_CHARACTERS]]
        embedded = await self._embedder.embed(texts, Purpose.QUESTION, space=space)
        self._succeeded(Purpose.QUESTION)
        return embedded.vectors[0]

    def _begin(self, transcript: str, passages: Sequence[Passage]) -> None:
        is_full = len(self._making) >= MAX_WAITING
        if transcript in self._making or is_full or not 0 < len(passages) <= MAX_PASSAGES:
            return
        task = self._making[transcript] = asyncio.create_task(self._make(transcript, passages))
        task.add_done_callback(lambda _task: self._making.pop(transcript))

    async def _make(self, transcript: str, passages: Sequence[Passage]) -> None:
        async with self._turnstile:
            try:
                vectors = await self._embed(passages)
                await self._vault.put_vectors(transcript, await asyncio.to_thread(vectors.encoded))
            except QuartetError as error:
                self._failed(Purpose.PASSAGE, error)
                return
        self._vectors.forget(transcript)
        self._succeeded(Purpose.PASSAGE)
        log.info("document_embedded", passage_count=len(passages), space=vectors.space)

    async def _embed(self, passages: Sequence[Passage]) -> Vectors:
        """Embed all passages into the space of the first ones."""
        space, rows = "", list[Sequence[float]]()
        for begin in range(0, len(passages), MAX_TEXTS):
            texts = [passage.text[:MAX_TEXT_CHARACTERS] for passage in passages[begin : begin + MAX_TEXTS]]
            embedded = await self._embedder.embed(texts, Purpose.PASSAGE, space=space)
            if len(embedded.vectors) != len(texts):
                raise ServiceUnavailable("the text service did not embed every text")
            space = embedded.space
            rows += embedded.vectors
        return await asyncio.to_thread(Vectors.of, space, passages, rows)

    def _succeeded(self, purpose: Purpose) -> None:
        self._metrics.embedded(purpose, "ok")
        if self._is_failing:
            self._is_failing = False
            log.info("embeddings_available")

    def _failed(self, purpose: Purpose, error: QuartetError | TimeoutError) -> None:
        reason = error.reason if isinstance(error, QuartetError) else "timeout"
        self._metrics.embedded(purpose, reason)
        if not self._is_failing:
            self._is_failing = True
            log.warning("embeddings_unavailable", purpose=purpose, reason=reason)
