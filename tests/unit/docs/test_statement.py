import pytest

from services.docs.jail.statement import Statement
from services.docs.readers.base import Page, Problem, Unreadable


def test_a_page_is_told() -> None:
    assert Statement.of(b'{"page": {"number": 1, "text": "x", "is_recognised": true}}').page == Page(
        1, "x", True
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"null",
        b"[" * 100_000,
        b'{"page": {"number": "first", "text": 3}}',
        b'{"page": {"number": 1, "text": "x", "owner": "me"}}',
        b'{"problem": "bored"}',
        b'{"done": true, "run": "me"}',
    ],
)
def test_what_a_reader_must_not_say_breaks_its_document_and_nothing_else(content: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        Statement.of(content)
    assert refusal.value.problem is Problem.BROKEN
