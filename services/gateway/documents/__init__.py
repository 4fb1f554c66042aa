"""Documents as the gateway sees them: what is kept, what is asked of it, where an answer stands."""

from services.gateway.documents.document import (
    Citation,
    Document,
    Heading,
    PagesRead,
    PageUnit,
    StepsDone,
    Told,
    Upload,
)
from services.gateway.documents.inquiry import Inquiry
from services.gateway.documents.sources import Source, Sources

__all__ = [
    "Citation",
    "Document",
    "Heading",
    "Inquiry",
    "PageUnit",
    "PagesRead",
    "Source",
    "Sources",
    "StepsDone",
    "Told",
    "Upload",
]
