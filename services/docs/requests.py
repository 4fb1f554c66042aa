import re
from collections.abc import Iterator
from typing import Final

from services.chassis.errors import InvalidRequest, Violation
from services.docs.arrival import Arrival
from services.docs.document import MAX_TITLE_CHARACTERS, plain
from services.docs.writer import Inquiry

# What the store takes as a key and logs take as one word.
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
MAX_IDENTIFIER_CHARACTERS: Final = 128
MAX_DOCUMENTS_AT_ONCE: Final = 20
MAX_PASSWORD_CHARACTERS: Final = 1024
MAX_PASSAGE_CHARACTERS: Final = 4000
MAX_PAGE_SIZE: Final = 100


def require(violations: Iterator[Violation]) -> None:
    """Raise InvalidRequest that names every field that is wrong."""
    found = [*violations]
    if found:
        raise InvalidRequest(violations=found)


def arrival_violations(arrival: Arrival) -> Iterator[Violation]:
    yield from named_violations(arrival.owner, arrival.document_id)
    if not arrival.safe_filename:
        yield Violation("filename", "must not be empty")
    if arrival.size_bytes < 0:
        yield Violation("size_bytes", "must not be negative")
    if len(arrival.password) > MAX_PASSWORD_CHARACTERS:
        yield Violation("password", f"has over {MAX_PASSWORD_CHARACTERS} characters")


def inquiry_violations(inquiry: Inquiry) -> Iterator[Violation]:
    yield from named_violations(inquiry.chat_id, *inquiry.document_ids)
    yield from _identifier_violations("turn_id", inquiry.turn_id)
    yield from _identifier_violations("conversation_id", inquiry.conversation_id)
    if inquiry.run_id:
        yield from _identifier_violations("run_id", inquiry.run_id)
    if not 1 <= len(inquiry.document_ids) <= MAX_DOCUMENTS_AT_ONCE:
        yield Violation("document_ids", f"must be 1 to {MAX_DOCUMENTS_AT_ONCE}")


def title_violations(title: str) -> Iterator[Violation]:
    if not plain(title, 1) or len(title) > MAX_TITLE_CHARACTERS:
        yield Violation("title", f"must have 1 to {MAX_TITLE_CHARACTERS} characters")


def passage_violations(passage: str) -> Iterator[Violation]:
    if len(passage) > MAX_PASSAGE_CHARACTERS:
        yield Violation("place.passage", f"has over {MAX_PASSAGE_CHARACTERS} characters")


def listing_violations(owner: int, page_size: int, page_token: str) -> Iterator[Violation]:
    yield from named_violations(owner)
    if not 0 <= page_size <= MAX_PAGE_SIZE:
        yield Violation("page_size", f"must be 0 to {MAX_PAGE_SIZE}")
    if page_token:
        yield from _identifier_violations("page_token", page_token)


def move_violations(from_chat_id: int, to_chat_id: int) -> Iterator[Violation]:
    if not from_chat_id:
        yield Violation("from_chat_id", "must be set")
    if not to_chat_id or to_chat_id == from_chat_id:
        yield Violation("to_chat_id", "must be set, and another one")


def named_violations(owner: int, *document_ids: str) -> Iterator[Violation]:
    """What is wrong with whose documents are meant, and which."""
    if not owner:
        yield Violation("caller.chat_id", "must be set")
    for document_id in document_ids:
        yield from _identifier_violations("document_id", document_id)


def _identifier_violations(name: str, value: str) -> Iterator[Violation]:
    if len(value) > MAX_IDENTIFIER_CHARACTERS or not IDENTIFIER.fullmatch(value):
        yield Violation(
            name,
            f"must be 1 to {MAX_IDENTIFIER_CHARACTERS} letters, digits, `-` and `_`, with single `.` between",
        )
