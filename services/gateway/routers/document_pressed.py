from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from services.gateway.documents.buttons import DocumentVerb, parse_document_press


class DocumentPressed(Filter):
    """Passes a press of certain buttons that speak of documents, which the handler gets as `press`."""

    def __init__(self, *verbs: DocumentVerb) -> None:
        self._verbs = verbs

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        press = parse_document_press(query.data or "")
        return {"press": press} if press is not None and press.verb in self._verbs else False
