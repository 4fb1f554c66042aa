from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.docs.document import Volume
from services.docs.marks import Place
from services.docs.readers.base import Page
from services.docs.report import MadeOf
from services.docs.writer import Material, Task, Usage


@dataclass(frozen=True, slots=True)
class StepsDone:
    """How far a long document has been gone through."""

    steps_done: int
    step_count: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an answer is made of. `given`: the places that it may name. `used`: what was paid on the way."""

    task: Task
    made_of: MadeOf
    materials: tuple[Material, ...]
    given: frozenset[Place]
    used: tuple[Usage, ...] = ()


def from_pages(
    task: Task, made_of: MadeOf, chosen: Sequence[tuple[Volume, Sequence[Page]]], *, volume_count: int
) -> Prepared:
    """Make materials of pages: the mark of its page begins the title of each."""
    materials: list[Material] = []
    given: set[Place] = set()
    for volume, pages in chosen:
        materials += materials_of(volume, pages, volume_count=volume_count)
        given.update(Place(volume.number, page.number) for page in pages)
    return Prepared(task, made_of, tuple(materials), frozenset(given))


def materials_of(volume: Volume, pages: Iterable[Page], *, volume_count: int) -> list[Material]:
    """The first page given of a volume says what the document is called."""
    said = [page for page in pages if page.text]
    return [
        Material(
            Place(volume.number, page.number).mark(documents=volume_count)
            + (f" {volume.document.title}" if index == 0 else ""),
            page.text,
        )
        for index, page in enumerate(said)
    ]
