from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final

from services.docs.document import Volume
from services.docs.marks import Place
from services.docs.materials import Prepared, StepsDone, from_pages
from services.docs.notes import NOTE_CHARACTERS, Note, Notes, Part, parts_of
from services.docs.recollection import Recollection
from services.docs.report import MadeOf
from services.docs.selecting import selected, shares, size_of
from services.docs.settings import DocsSettings
from services.docs.stacks import Stacks
from services.docs.writer import Inquiry, Task

# What one call of the text service takes, with what stands around.
MAX_PART_CHARACTERS: Final = 380_000


class Preparation:
    """Chooses what of documents an answer is made of."""

    def __init__(
        self, stacks: Stacks, notes: Notes, recollection: Recollection, settings: DocsSettings
    ) -> None:
        self._stacks = stacks
        self._notes = notes
        self._recollection = recollection
        self._whole_characters = settings.docs_answer_characters
        self._passages_characters = min(settings.docs_passages_characters, settings.docs_answer_characters)
        self._part_characters = settings.docs_notes_characters

    async def prepare(
        self, inquiry: Inquiry, volumes: Sequence[Volume]
    ) -> AsyncGenerator[StepsDone | Prepared]:
        """Yield how far it is, then what the answer is made of. Raises QuartetError."""
        task = Task.ANSWER if inquiry.question else Task.SUMMARISE
        if sum(size_of(volume.pages) for volume in volumes) <= self._whole_characters:
            chosen = [(volume, volume.pages) for volume in volumes]
            yield from_pages(task, MadeOf.WHOLE, chosen, volume_count=len(volumes))
        elif inquiry.question:
            yield await self._passages(inquiry, volumes)
        else:
            async with aclosing(self._noted(inquiry, volumes)) as events:
                async for event in events:
                    yield event

    async def _passages(self, inquiry: Inquiry, volumes: Sequence[Volume]) -> Prepared:
        before = await self._recollection.before(inquiry.conversation_id, inquiry.turn_id, inquiry.question)
        sizes = [size_of(volume.pages) for volume in volumes]
        chosen = []
        for volume, size, room in zip(volumes, sizes, shares(sizes, self._passages_characters), strict=True):
            pages = volume.pages
            if size > room:
                found = await self._stacks.find(volume, inquiry.question, before)
                pages = tuple(selected(pages, found, inquiry.question, room=room))
            chosen.append((volume, pages))
        return from_pages(Task.ANSWER, MadeOf.PASSAGES, chosen, volume_count=len(volumes))

    async def _noted(
        self, inquiry: Inquiry, volumes: Sequence[Volume]
    ) -> AsyncGenerator[StepsDone | Prepared]:
        parts = self._parts(volumes)
        async with aclosing(self._notes.take(inquiry, parts)) as events:
            async for event in events:
                yield event if isinstance(event, StepsDone) else self._from_notes(event, volumes)

    def _parts(self, volumes: Sequence[Volume]) -> list[Part]:
        """Cut documents into so few parts that the notes of all fit into one question."""
        size = sum(size_of(volume.pages) for volume in volumes)
        most = max(1, self._whole_characters // NOTE_CHARACTERS - len(volumes))
        characters = min(max(self._part_characters, size // most + 1), MAX_PART_CHARACTERS)
        return [part for volume in volumes for part in parts_of(volume, part_characters=characters)]

    def _from_notes(self, notes: Sequence[Note], volumes: Sequence[Volume]) -> Prepared:
        max_characters = self._whole_characters // len(notes)
        materials = tuple(
            note.material(volume_count=len(volumes), max_characters=max_characters)
            for note in notes
            if note.text
        )
        given = frozenset(Place(volume.number, page.number) for volume in volumes for page in volume.pages)
        used = tuple(usage for note in notes for usage in note.used)
        return Prepared(Task.SUMMARISE, MadeOf.NOTES, materials, given, used)
