from typing import Any

from aiogram.types import Message

from services.gateway.documents import Citation, Document, Heading, PageUnit, Source, Sources
from services.gateway.wording import Wording

WORDING = Wording.load()
BOT_ID = 1234567890
CHAT_ID = -1001234567890
DOCUMENT_ID = f"{BOT_ID}.{CHAT_ID}.2147483647.1893456000"
OTHER_ID = f"{BOT_ID}.{CHAT_ID}.2147483646.1893456000"
ANSWER_SUFFIX = "2147483647.0123456789"
PASSAGE = "Цена составляет сто рублей."


def a_document(**changes: Any) -> Document:
    facts: dict[str, Any] = {
        "document_id": DOCUMENT_ID,
        "title": "Договор аренды",
        "filename": "rent.pdf",
        "format": "pdf",
        "unit": PageUnit.PAGE,
        "page_count": 21,
        "recognised_page_count": 3,
        "language_code": "ru",
        "size_bytes": 1000,
        "outline": (Heading("Договор", 1, 1), Heading("Цена", 2, 2), Heading("Срок", 4, 2)),
    }
    return Document(**(facts | changes))


def some_sources(**changes: Any) -> Sources:
    """Of two documents in a large group: the buttons are as long as they get."""
    facts: dict[str, Any] = {
        "documents": (Source(DOCUMENT_ID, PageUnit.PAGE), Source(OTHER_ID, PageUnit.SLIDE)),
        "citations": (
            Citation(OTHER_ID, 999_999, PASSAGE),
            Citation(DOCUMENT_ID, 7, PASSAGE),
            Citation(OTHER_ID, 999_999, "ещё"),
        ),
        "suggested_questions": ("Какова цена?", "Кто поставщик?"),
    }
    return Sources(**(facts | changes))


def a_message(**fields: Any) -> Message:
    return Message.model_validate(
        {
            "message_id": 5,
            "date": 1_700_000_000,
            "chat": {"id": CHAT_ID, "type": "supergroup"},
            "from": {"id": 42, "is_bot": False, "first_name": "Анна"},
            **fields,
        }
    )


def our_message(markup: dict[str, Any] | None) -> Message:
    sender = {"id": BOT_ID, "is_bot": True, "first_name": "Quartet"}
    return a_message(**{"from": sender, "text": "Ответ", "reply_markup": markup})
