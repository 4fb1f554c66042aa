import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Container, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from services.chassis.errors import ProviderInterrupted
from services.docs.citing import Attribution, cited
from services.docs.document import Volume
from services.docs.library import Library
from services.docs.marks import Marks, Place
from services.docs.materials import Prepared, StepsDone
from services.docs.metrics import DocsMetrics
from services.docs.places import Places
from services.docs.preparation import Preparation
from services.docs.readers.base import Page
from services.docs.report import AnswerReport, Outcome, answering
from services.docs.stacks import Stacks
from services.docs.suggestions import Suggestions
from services.docs.words import Words
from services.docs.writer import Inquiry, Replied, Usage, Writer

SUGGESTING_SECONDS: Final = 10.0
Suggested = tuple[tuple[str, ...], tuple[Usage, ...]]


@dataclass(frozen=True, slots=True)
class Citation:
    """A page that an answer rests on, and the words of it; empty where none stand out."""

    document_id: str
    page_number: int
    passage: str


@dataclass(frozen=True, slots=True)
class Answered:
    """How an answer ended."""

    citations: tuple[Citation, ...]
    usage: Usage
    suggested_questions: tuple[str, ...]
    is_truncated: bool
    failed_over: bool


class Answers:
    """Answers questions from documents, and checks the pages that are named."""

    def __init__(
        self,
        library: Library,
        stacks: Stacks,
        preparation: Preparation,
        suggestions: Suggestions,
        writer: Writer,
        places: Places,
        metrics: DocsMetrics,
    ) -> None:
        self._library = library
        self._stacks = stacks
        self._preparation = preparation
        self._suggestions = suggestions
        self._writer = writer
        self._places = places
        self._metrics = metrics
        self._words = Words()

    async def stream(self, inquiry: Inquiry) -> AsyncGenerator[str | StepsDone | Answered]:
        """Yield how far it is, the answer's text, then how it ended. Raises QuartetError.

        Leaving early cancels the vendor's stream.
        """
        with self._places.taken(), answering(self._metrics, inquiry.turn_id) as report:
            documents = await self._library.use(inquiry.chat_id, inquiry.document_ids)
            volumes = await self._stacks.open(documents)
            async with aclosing(self._preparation.prepare(inquiry, volumes)) as events:
                async for event in events:
                    if isinstance(event, StepsDone):
                        yield event
                    else:
                        prepared = event
            async with aclosing(self._answer(inquiry, volumes, prepared, report)) as said:
                async for piece in said:
                    yield piece
            report.outcome = Outcome.ANSWERED

    async def _answer(
        self, inquiry: Inquiry, volumes: Sequence[Volume], prepared: Prepared, report: AnswerReport
    ) -> AsyncGenerator[str | Answered]:
        report.prepared(prepared.made_of, len(prepared.given))
        pages = _pages(volumes, prepared.given)
        attribute = Attribution(pages, self._words)
        marks = Marks(prepared.given, documents=len(volumes), attribute=attribute)
        replied: Replied | None = None
        async with self._suggesting(inquiry, volumes) as suggesting:
            async with aclosing(self._writer.reply(inquiry, prepared.task, prepared.materials)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Replied):
                        replied = piece
                    elif shown := await _shown(marks, piece):
                        yield shown
            if rest := marks.end():
                yield rest
            if replied is None:
                raise ProviderInterrupted("the text service ended without an end")
            questions, used = await _within_patience(suggesting)
        yield Answered(
            citations=await asyncio.to_thread(self._citations, marks, pages, volumes),
            usage=replied.usage.plus((*prepared.used, *used)),
            suggested_questions=questions,
            is_truncated=replied.is_truncated,
            failed_over=replied.failed_over,
        )

    @asynccontextmanager
    async def _suggesting(
        self, inquiry: Inquiry, volumes: Sequence[Volume]
    ) -> AsyncIterator[asyncio.Task[Suggested] | None]:
        """Think of questions beside the summary of a document."""
        if inquiry.question or inquiry.goes_on or len(volumes) > 1:
            yield None
            return
        task = asyncio.create_task(self._suggestions.suggest(inquiry, volumes[0]))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task})

    def _citations(
        self, marks: Marks, pages: Mapping[Place, Page], volumes: Sequence[Volume]
    ) -> tuple[Citation, ...]:
        return tuple(
            Citation(
                volumes[each.place.document - 1].document.document_id, each.place.page_number, each.passage
            )
            for each in cited(marks.text, pages, self._words)
        )


async def _shown(marks: Marks, piece: str) -> str:
    # Where a mark ends, its page may have to be looked at.
    return await asyncio.to_thread(marks.feed, piece) if "]" in piece else marks.feed(piece)


def _pages(volumes: Sequence[Volume], given: Container[Place]) -> dict[Place, Page]:
    places = ((Place(volume.number, page.number), page) for volume in volumes for page in volume.pages)
    return {place: page for place, page in places if place in given}


async def _within_patience(suggesting: asyncio.Task[Suggested] | None) -> Suggested:
    if suggesting is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SUGGESTING_SECONDS):
                return await asyncio.shield(suggesting)
    return (), ()
