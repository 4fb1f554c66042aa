import asyncio
import re
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from services.chassis.errors import QuartetError
from services.docs.document import Volume
from services.docs.marks import MARK, Place
from services.docs.materials import StepsDone, materials_of
from services.docs.notebook import Notebook
from services.docs.readers.base import Page
from services.docs.selecting import AROUND_CHARACTERS
from services.docs.writer import DigestKind, Inquiry, Material, Usage, Writer

ATTEMPTS: Final = 3
LONGEST_PAUSE_SECONDS: Final = 10.0
# The most that a model is asked to write of one part; notes of all parts must fit into one question.
NOTE_CHARACTERS: Final = 4000


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of a long document that are made notes of at once."""

    volume: Volume
    pages: tuple[Page, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a model noted of a part, with the marks of pages. `used` is empty where it was kept."""

    part: Part
    text: str
    used: tuple[Usage, ...] = ()

    def material(self, *, volume_count: int, max_characters: int) -> Material:
        """Notes are kept with the marks of a single document."""
        number, first, last = self.part.volume.number, self.part.pages[0].number, self.part.pages[-1].number

        def marked(mark: re.Match[str]) -> str:
            return Place(number, int(mark[2])).mark(documents=volume_count)

        mark = Place(number, first).mark(documents=volume_count)
        title = f"{mark} {self.part.volume.document.title}: notes of pages {first} to {last}"
        return Material(title, MARK.sub(marked, self.text)[:max_characters])


def parts_of(volume: Volume, *, part_characters: int) -> Iterator[Part]:
    """Cut a document into parts. A page that is longer than a part becomes several."""
    pages: list[Page] = []
    left, count = part_characters, 0
    for page in _pieces(volume.pages, part_characters):
        size = len(page.text) + AROUND_CHARACTERS
        if pages and size > left:
            yield Part(volume, tuple(pages), f"notes.{part_characters}.{count}")
            pages, left, count = [], part_characters, count + 1
        pages.append(page)
        left -= size
    if pages:
        yield Part(volume, tuple(pages), f"notes.{part_characters}.{count}")


def _pieces(pages: Iterable[Page], max_characters: int) -> Iterator[Page]:
    for page in pages:
        for begin in range(0, len(page.text), max_characters):
            yield Page(page.number, page.text[begin : begin + max_characters])


class Notes:
    """Makes notes of the parts of long documents, some at once. Those that are kept are not made again."""

    def __init__(self, writer: Writer, notebook: Notebook, *, max_at_once: int) -> None:
        self._writer = writer
        self._notebook = notebook
        self._max_at_once = max_at_once

    async def take(self, inquiry: Inquiry, parts: Sequence[Part]) -> AsyncGenerator[StepsDone | list[Note]]:
        """Yield how far it is, then the notes in their order. Raises QuartetError.

        Leaving early ends it; what is noted by then is kept.
        """
        turnstile = asyncio.Semaphore(self._max_at_once)
        tasks = [asyncio.create_task(self._note(inquiry, part, turnstile)) for part in parts]
        try:
            yield StepsDone(0, len(tasks))
            for done, finished in enumerate(asyncio.as_completed(tasks), start=1):
                await finished
                yield StepsDone(done, len(tasks))
            yield [task.result() for task in tasks]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _note(self, inquiry: Inquiry, part: Part, turnstile: asyncio.Semaphore) -> Note:
        async with turnstile:
            transcript = part.volume.document.content.transcript
            kept = await self._notebook.find(transcript, part.name)
            if kept is not None:
                return Note(part, kept)
            materials = materials_of(part.volume, part.pages, volume_count=1)
            if not materials:
                return Note(part, "")
            text, usage = await _patiently(self._writer, inquiry, materials)
            await self._notebook.keep(transcript, part.name, text[:NOTE_CHARACTERS])
            return Note(part, text[:NOTE_CHARACTERS], (usage,))


async def _patiently(writer: Writer, inquiry: Inquiry, materials: Sequence[Material]) -> tuple[str, Usage]:
    """Ask again where that may help: one failure among many calls must not cost the others."""
    attempts = AsyncRetrying(
        retry=retry_if_exception(lambda error: isinstance(error, QuartetError) and error.retryable),
        wait=wait_random_exponential(multiplier=1.0, max=LONGEST_PAUSE_SECONDS),
        stop=stop_after_attempt(ATTEMPTS),
        reraise=True,
    )
    return await attempts(writer.digest, inquiry, DigestKind.NOTES, materials)
