from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.gateway.documents.document import Citation, Document, PageUnit, Told
from services.gateway.rendering import FormattedText

NO_CARD = FormattedText("")


@dataclass(frozen=True)
class Source:
    """A document that an answer is made from."""

    document_id: str
    unit: PageUnit


@dataclass(frozen=True)
class Sources:
    """What an answer from documents was made from. It is recorded with the answer."""

    documents: tuple[Source, ...]
    question: str = ""
    """Empty where a summary was wanted."""
    card: FormattedText = NO_CARD
    """What the documents are, said above an answer to whoever brought them."""
    citations: tuple[Citation, ...] = ()
    suggested_questions: tuple[str, ...] = ()

    @property
    def document_ids(self) -> tuple[str, ...]:
        return tuple(source.document_id for source in self.documents)

    def told(self, told: Told) -> "Sources":
        """With what is known once the answer has ended."""
        return replace(self, citations=told.citations, suggested_questions=told.suggested_questions)

    def passage(self, document_id: str, page_number: int) -> str:
        """What of a page is meant; empty where that is not known, or all of it."""
        for cited in self.citations:
            if (cited.document_id, cited.page_number) == (document_id, page_number):
                return cited.passage
        return ""


def sources_of(documents: Iterable[Document]) -> tuple[Source, ...]:
    return tuple(Source(document.document_id, document.unit) for document in documents)
