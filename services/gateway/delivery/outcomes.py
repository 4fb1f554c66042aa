from enum import Enum, auto

from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError


class Outcome(Enum):
    """What a failed Bot API call tells of the message it carried."""

    NOT_SENT = auto()
    """It certainly did not arrive; the same call may succeed later."""
    UNKNOWN = auto()
    """It may have arrived: the answer was lost on the way."""
    REFUSED = auto()
    """This chat will never take it."""
    BAD_FORMAT = auto()
    """Its form is not accepted."""
    NOT_MODIFIED = auto()
    """An edit that had been made already."""
    TARGET_GONE = auto()
    """An edit of a message that is no more."""


# Descriptions of tdlib/telegram-bot-api, which has no codes finer than the HTTP status.
_BY_DESCRIPTION = (
    ("message is not modified", Outcome.NOT_MODIFIED),
    ("message to edit not found", Outcome.TARGET_GONE),
    ("message can't be edited", Outcome.TARGET_GONE),
    ("chat not found", Outcome.REFUSED),
    ("user is deactivated", Outcome.REFUSED),
    ("not enough rights", Outcome.REFUSED),
    ("have no rights", Outcome.REFUSED),
    ("message thread not found", Outcome.REFUSED),
    ("topic_closed", Outcome.REFUSED),
    ("chat_write_forbidden", Outcome.REFUSED),
    ("peer_id_invalid", Outcome.REFUSED),
)


def outcome_of(error: AiogramError) -> Outcome:
    """Reads what became of a message from the error its call ended in."""
    if isinstance(error, TelegramForbiddenError):
        return Outcome.REFUSED
    if isinstance(error, TelegramBadRequest):
        description = error.message.lower()
        return next((found for text, found in _BY_DESCRIPTION if text in description), Outcome.BAD_FORMAT)
    if isinstance(error, TelegramNetworkError):
        return Outcome.NOT_SENT if isinstance(error.__cause__, ClientConnectorError) else Outcome.UNKNOWN
    if isinstance(error, TelegramServerError | TelegramNotFound | TelegramUnauthorizedError):
        return Outcome.NOT_SENT
    return Outcome.UNKNOWN
