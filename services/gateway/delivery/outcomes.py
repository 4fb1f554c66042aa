from enum import Enum, auto

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
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
    BAD_PHOTO = auto()
    """Telegram does not take the picture as one to look at; perhaps as a file."""
    NO_PICTURES = auto()
    """The bot may not send pictures to this chat."""
    NOT_MODIFIED = auto()
    """An edit that had been made already."""
    TARGET_GONE = auto()
    """An edit of a message that is no more, or that cannot become this."""


# Descriptions of tdlib/telegram-bot-api, which has no codes finer than the HTTP status.
_BY_DESCRIPTION = (
    ("message is not modified", Outcome.NOT_MODIFIED),
    ("message to edit not found", Outcome.TARGET_GONE),
    ("message can't be edited", Outcome.TARGET_GONE),
    # It has become a picture, which it stays.
    ("no text in the message", Outcome.TARGET_GONE),
    ("rights to send photos", Outcome.NO_PICTURES),
    ("rights to send documents", Outcome.NO_PICTURES),
    ("rights to send videos", Outcome.NO_PICTURES),
    ("chat_send_videos_forbidden", Outcome.NO_PICTURES),
    ("chat_send_photos_forbidden", Outcome.NO_PICTURES),
    ("chat_send_docs_forbidden", Outcome.NO_PICTURES),
    ("chat_send_media_forbidden", Outcome.NO_PICTURES),
    ("photo_", Outcome.BAD_PHOTO),
    ("image_process_failed", Outcome.BAD_PHOTO),
    ("too big for a photo", Outcome.BAD_PHOTO),
    ("file is too big", Outcome.BAD_PHOTO),
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
    if isinstance(error, TelegramEntityTooLarge):
        return Outcome.BAD_PHOTO
    if isinstance(error, TelegramNetworkError):
        return Outcome.NOT_SENT if isinstance(error.__cause__, ClientConnectorError) else Outcome.UNKNOWN
    # An error in words of Telegram says that the call was not made; a body no one can read says nothing.
    return Outcome.NOT_SENT if isinstance(error, TelegramAPIError) else Outcome.UNKNOWN


def message_id_of(error: AiogramError) -> int | None:
    """The id of a message that certainly was sent, though aiogram could not read the whole answer.

    Another Bot API server may leave fields out. None where the answer does not say that all went well.
    """
    if not isinstance(error, ClientDecodeError) or not isinstance(error.data, dict):
        return None
    result = error.data.get("result")
    if error.data.get("ok") is not True or not isinstance(result, dict):
        return None
    return int(result.get("message_id", 0))


def describe(error: Exception) -> str:
    """What a log may say of an error: aiogram's own text can hold a whole answer, words of users included."""
    said = error.message if isinstance(error, TelegramAPIError) else ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
