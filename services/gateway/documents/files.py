from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex
from aiogram.types import Document, Message

from services.gateway.reading import own_words, pictures_in
from services.gateway.updates import turn_id_in_chat

ASKED_TO_READ: Final = regex.compile(
    r"\W*(?:пожалуйста\W+|please\s+)?"
    r"(?:(?:прочитай|прочитать|прочти|распознай|распознать|отсканируй|оцифруй)(?:те)?\b|ocr\b"
    r"|(?:read|scan|recogni[sz]e|transcribe|digiti[sz]e)\s+(?:this|these|the|text|page)\b)",
    regex.IGNORECASE,
)
UNREADABLE_KINDS: Final = ("audio/", "video/")


@dataclass(frozen=True)
class DocumentFile:
    """A file in a chat that is to be read, not fetched yet. Its id is that of the turn that brought it."""

    document_id: str
    file_id: str
    filename: str
    mime_type: str
    size_bytes: int

    @property
    def is_hopeless(self) -> bool:
        """Whether nobody need look into it: there is nothing to be read in a film."""
        return self.mime_type.startswith(UNREADABLE_KINDS)


@dataclass(frozen=True)
class Brought:
    """Documents that messages bring along, or reply to."""

    files: tuple[DocumentFile, ...]
    is_reply: bool = False


def brought_by(messages: Sequence[Message], bot_id: int) -> Brought:
    """The documents that messages bring along, or else those that they reply to.

    A picture is one where it is sent beside others, or where its text is asked for.
    """
    is_asked_for = ASKED_TO_READ.match(own_words(messages)) is not None
    own = _files(messages, bot_id, with_pictures=is_asked_for or any(map(_is_document, messages)))
    if own:
        return Brought(own)
    replied = [message.reply_to_message for message in messages if message.reply_to_message is not None]
    theirs = [message for message in replied if message.from_user is None or message.from_user.id != bot_id]
    return Brought(_files(theirs, bot_id, with_pictures=is_asked_for), is_reply=True)


def document_id_of(message: Message, bot_id: int) -> str:
    """The id of the document that a message brings."""
    suffix = f"{message.message_id}.{int(message.date.timestamp())}"
    return turn_id_in_chat(bot_id, message.chat.id, suffix)


def _files(messages: Sequence[Message], bot_id: int, *, with_pictures: bool) -> tuple[DocumentFile, ...]:
    found = [file for message in messages for file in _in(message, bot_id, with_pictures=with_pictures)]
    return tuple({file.document_id: file for file in found}.values())


def _in(message: Message, bot_id: int, *, with_pictures: bool) -> Iterator[DocumentFile]:
    document_id, document = document_id_of(message, bot_id), message.document
    if document is not None and _is_document(message):
        yield _file(document_id, document)
    elif with_pictures:
        for picture in pictures_in(message):
            name = document.file_name if document is not None else None
            size = picture.size_bytes
            yield DocumentFile(document_id, picture.file_id, name or "photo.jpg", picture.mime_type, size)


def _is_document(message: Message) -> bool:
    # An animation is announced as a document, too.
    is_file = message.document is not None and message.animation is None
    return is_file and not pictures_in(message)


def _file(document_id: str, document: Document) -> DocumentFile:
    return DocumentFile(
        document_id,
        document.file_id,
        document.file_name or "document",
        document.mime_type or "",
        document.file_size or 0,
    )
