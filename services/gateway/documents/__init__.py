"""Documents as the gateway sees them: what is kept, what is asked of it, where an answer stands."""

from services.gateway.documents.document import (
    Citation,
    Document,
    Heading,
    Inquiry,
    PagesRead,
    PageUnit,
    StepsDone,
    Told,
    Upload,
)

__all__ = [
    "Citation",
    "Document",
    "Heading",
    "Inquiry",
    "PageUnit",
    "PagesRead",
    "StepsDone",
    "Told",
    "Upload",
]
