from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from services.docs.document import Document
from services.docs.shelf import Shelf

DEFAULT_PAGE_SIZE: Final = 20
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def page(shelf: Shelf, page_size: int, page_token: str) -> tuple[Sequence[Document], str]:
    """Return some documents, the one used last first, and the token of what comes after them.

    Of a token that is none of ours nothing comes after.
    """
    documents = shelf.last_used_first
    if page_token:
        documents = tuple(each for each in documents if _token(each) < page_token)
    size = page_size or DEFAULT_PAGE_SIZE
    return documents[:size], _token(documents[size - 1]) if len(documents) > size else ""


def _token(document: Document) -> str:
    """Where a document stands in the order."""
    return f"{(document.used_at - EPOCH) // timedelta(microseconds=1):020}-{document.document_id}"
