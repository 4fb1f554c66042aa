from datetime import UTC, datetime

from services.docs.document import Document, Transcript, Volume
from services.docs.notes import Note, parts_of
from services.docs.readers.base import Page
from tests.unit.docs.test_shelf import content

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def volume(*texts: str, number: int = 1) -> Volume:
    pages = tuple(Page(at, text) for at, text in enumerate(texts, start=1))
    return Volume(number, Document("a", "Договор", "a.pdf", content("a"), NOW, NOW), Transcript((), pages))


def test_parts_hold_all_pages_in_order_and_none_is_too_long() -> None:
    parts = list(parts_of(volume(*["а" * 400] * 20), part_characters=1000))
    assert [page.number for part in parts for page in part.pages] == list(range(1, 21))
    assert all(sum(len(page.text) for page in part.pages) <= 1000 for part in parts)
    assert len({part.name for part in parts}) == len(parts)


def test_a_page_longer_than_a_part_becomes_several() -> None:
    parts = list(parts_of(volume("абв" * 1000), part_characters=1000))
    assert "".join(page.text for part in parts for page in part.pages) == "абв" * 1000
    assert {page.number for part in parts for page in part.pages} == {1}


def test_notes_of_one_document_among_several_carry_its_number() -> None:
    (part,) = parts_of(volume("а", "б", number=2), part_characters=1000)
    note = Note(part, "Срок год [1], цена [2][12].")
    material = note.material(volume_count=3, max_characters=1000)
    assert material.text == "Срок год [2:1], цена [2:2][2:12]."
    assert material.title == "[2:1] Договор: notes of pages 1 to 2"
