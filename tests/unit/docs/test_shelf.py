from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.errors import QuotaExceeded, ResourceNotFound
from services.docs.document import Content, Document
from services.docs.listing import page
from services.docs.readers.base import Format, PageUnit
from services.docs.shelf import Room, Shelf

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROOM = Room(max_documents=2, max_bytes=1000, kept=timedelta(days=30))


def content(name: str, *, size_bytes: int = 100) -> Content:
    return Content(
        digest=f"digest of {name}",
        own_title="",
        transcript=f"text of {name}",
        file=f"file of {name}",
        format=Format.PDF,
        unit=PageUnit.PAGE,
        page_count=3,
        recognised_page_count=0,
        character_count=50,
        size_bytes=size_bytes,
        language="ru",
    )


def document(name: str, *, used: datetime = NOW, size_bytes: int = 100) -> Document:
    return Document(name, name, f"{name}.pdf", content(name, size_bytes=size_bytes), NOW, used)


def test_a_shelf_takes_in_another_however_full_it_is_and_keeps_its_own() -> None:
    own = Shelf().add(replace(document("a"), title="own"), ROOM).add(document("b"), ROOM)
    other = Shelf().add(document("a"), ROOM).add(document("c"), ROOM)
    whole = own.absorb(other)
    assert [each.title for each in whole.documents] == ["own", "b", "c"]
    assert whole.absorb(other) == whole
    assert not other.without(whole).documents


def test_a_document_that_is_there_is_not_added_again() -> None:
    shelf = Shelf().add(document("a"), ROOM)
    assert shelf.add(replace(document("a"), title="other"), ROOM) == shelf


def test_a_full_shelf_says_how_many_documents_it_takes() -> None:
    shelf = Shelf((document("a"), document("b")))
    with pytest.raises(QuotaExceeded) as refused:
        shelf.add(document("c"), ROOM)
    assert refused.value.metadata == {"quota": "documents", "limit": "2", "used": "2"}


def test_files_that_are_too_large_together_are_refused() -> None:
    shelf = Shelf((document("a", size_bytes=600),))
    with pytest.raises(QuotaExceeded) as refused:
        shelf.add(document("b", size_bytes=500), ROOM)
    assert refused.value.metadata == {"quota": "document_bytes", "limit": "1000", "used": "600"}


def test_the_same_file_takes_its_room_once() -> None:
    first = document("a", size_bytes=600)
    shelf = Shelf((first,)).add(replace(first, document_id="b"), ROOM)
    assert shelf.size_bytes == 600
    assert shelf.content_of("digest of a") == first.content


def test_what_two_documents_share_is_kept_until_both_are_gone() -> None:
    shelf = Shelf((document("a"), replace(document("a"), document_id="b")))
    assert shelf.remove("a").objects == shelf.objects
    assert not shelf.remove("a").remove("b").objects


def test_what_nobody_used_for_too_long_is_left_out() -> None:
    old = document("old", used=NOW - timedelta(days=31))
    assert Shelf((old, document("new"))).at(NOW, ROOM).documents == (document("new"),)


def test_using_a_document_keeps_it_and_brings_it_to_the_front() -> None:
    later = NOW + timedelta(hours=1)
    shelf = Shelf((document("a"), document("b", used=NOW + timedelta(minutes=5))))
    used = shelf.used(["a"], later, fresh_for=timedelta(minutes=1))
    assert [each.document_id for each in used.last_used_first] == ["a", "b"]
    assert used.used(["a"], later, fresh_for=timedelta(minutes=1)) == used


def test_what_is_not_there_cannot_be_used_or_renamed() -> None:
    with pytest.raises(ResourceNotFound):
        Shelf().used(["a"], NOW, fresh_for=timedelta())
    with pytest.raises(ResourceNotFound):
        Shelf().renamed("a", "title")


def test_a_shelf_is_listed_page_by_page_and_what_is_used_meanwhile_does_no_harm() -> None:
    shelf = Shelf(tuple(document(str(n), used=NOW + timedelta(hours=n)) for n in range(5)))
    first, token = page(shelf, 2, "")
    used = shelf.used(["4"], NOW + timedelta(days=1), fresh_for=timedelta())
    second, token = page(used, 2, token)
    third, end = page(used, 2, token)
    assert [each.document_id for each in (*first, *second, *third)] == ["4", "3", "2", "1", "0"]
    assert end == ""
