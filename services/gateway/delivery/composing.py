from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram.methods import (
    EditMessageMedia,
    EditMessageText,
    SendDocument,
    SendMessage,
    SendPhoto,
    SendRichMessage,
    SendVideo,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputRichMessage,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)

from services.gateway.delivery.turn import Turn
from services.gateway.pictures.file_name import file_name
from services.gateway.pictures.order import Preview
from services.gateway.pictures.portfolio import Portfolio
from services.gateway.questions import speaker_of
from services.gateway.turns import BoardRef, DossierRef, PageRef, Part, PictureRef, VideoRef
from services.gateway.videos.reel import Clip, Reel

NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
"""A preview would make Telegram fetch an address that a model wrote."""
VOICE_NAME: Final = "answer.ogg"
PREVIEW_NAME: Final = "preview"
PAGE_NAME: Final = "page"
BOARD_NAME: Final = "stats.png"
DOSSIER_NAME: Final = "quartet.json"
THUMBNAIL_NAME: Final = "thumbnail.jpg"

Speak = Callable[[Turn, str], Awaitable[bytes]]
"""Makes speech of a text: Opus in Ogg. Raises QuartetError."""
DrawPage = Callable[[Turn, PageRef], Awaitable[bytes]]
"""Draws a page of a document: a PNG. Raises QuartetError."""
DrawBoard = Callable[[Turn, BoardRef], Awaitable[bytes]]
"""Draws charts for an admin: a PNG. Raises QuartetError."""

WriteDossier = Callable[[Turn], Awaitable[bytes]]
"""Writes down all that is kept of a person: JSON. Raises QuartetError."""


class Composer:
    """Makes Bot API calls of parts."""

    def __init__(
        self,
        speak: Speak,
        portfolio: Portfolio,
        draw_page: DrawPage,
        reel: Reel,
        draw_board: DrawBoard,
        write_dossier: WriteDossier,
    ) -> None:
        self._speak = speak
        self._portfolio = portfolio
        self._draw_page = draw_page
        self._reel = reel
        self._draw_board = draw_board
        self._write_dossier = write_dossier

    async def send(self, turn: Turn, part: Part) -> TelegramMethod[Message]:
        """The call that sends a part as a new message.

        Raises QuartetError where its sound cannot be made or its picture is not to be had.
        """
        where = _where(turn, part)
        if isinstance(part.picture, VideoRef):
            clip = await self._reel.clip(part.picture, speaker_of(turn))
            if part.picture.is_file:
                return SendDocument(**where, document=_file_of(clip), **_caption(part))
            return SendVideo(**where, video=_file_of(clip), **_shape_of(clip), **_caption(part))
        if part.picture is not None:
            content = await self._content(turn, part.picture)
            if part.picture.is_file:
                return SendDocument(**where, document=content, **_caption(part))
            return SendPhoto(**where, photo=content, **_caption(part))
        if part.speech:
            sound = await self._speak(turn, part.speech)
            voice = BufferedInputFile(sound, VOICE_NAME)
            return SendVoice(**where, voice=voice, caption=part.text or None, parse_mode=None)
        if part.file is not None:
            document = BufferedInputFile(part.file.content.encode(), part.file.name)
            return SendDocument(**where, document=document, caption=part.text or None, parse_mode=None)
        return send_text(turn, part)

    async def edit(self, turn: Turn, part: Part) -> EditMessageText | EditMessageMedia:
        """The call that makes a message this part. It may be made again and again. Raises as `send` does."""
        if isinstance(part.picture, VideoRef):
            return _edit_video(turn, part, await self._reel.clip(part.picture, speaker_of(turn)))
        if part.picture is not None:
            content = await self._content(turn, part.picture)
            return _edit_media(turn, part, content, is_file=part.picture.is_file)
        return edit_text(turn, part)

    async def _content(
        self, turn: Turn, ref: PictureRef | PageRef | BoardRef | DossierRef
    ) -> BufferedInputFile:
        if isinstance(ref, PageRef):
            return BufferedInputFile(await self._draw_page(turn, ref), f"{PAGE_NAME} {ref.page_number}.png")
        if isinstance(ref, BoardRef):
            return BufferedInputFile(await self._draw_board(turn, ref), BOARD_NAME)
        if isinstance(ref, DossierRef):
            return BufferedInputFile(await self._write_dossier(turn), DOSSIER_NAME)
        kept = self._portfolio.original if ref.is_file else self._portfolio.picture
        picture = await kept(ref.picture_id, speaker_of(turn))
        return BufferedInputFile(picture.content, file_name(picture))


def edit_text(turn: Turn, part: Part) -> EditMessageText:
    """The call that makes a text message this part."""
    if turn.inline_message_id:
        return EditMessageText(inline_message_id=turn.inline_message_id, **_content(part))
    return EditMessageText(chat_id=turn.chat_id, message_id=part.message_id, **_content(part))


def edit_preview(turn: Turn, part: Part, preview: Preview) -> EditMessageMedia:
    """The call that shows a picture as far as it is drawn, with a part's text as its caption."""
    return _edit_media(turn, part, BufferedInputFile(preview.content, PREVIEW_NAME), is_file=False)


def send_text(turn: Turn, part: Part) -> TelegramMethod[Message]:
    """The call that sends a text, formatted or rich."""
    if part.rich is not None:
        rich = InputRichMessage.model_validate(part.rich)
        return SendRichMessage(**_where(turn, part), rich_message=rich)
    return SendMessage(**(_where(turn, part) | _content(part)))


def _edit_media(turn: Turn, part: Part, content: BufferedInputFile, *, is_file: bool) -> EditMessageMedia:
    kind = InputMediaDocument if is_file else InputMediaPhoto
    return EditMessageMedia(
        chat_id=turn.chat_id,
        message_id=part.message_id,
        media=kind(media=content, **_caption(part)),
        reply_markup=_keyboard(part),
    )


def _edit_video(turn: Turn, part: Part, clip: Clip) -> EditMessageMedia:
    media: InputMediaVideo | InputMediaDocument
    if clip.is_file:
        media = InputMediaDocument(media=_file_of(clip), **_caption(part))
    else:
        media = InputMediaVideo(media=_file_of(clip), **_shape_of(clip), **_caption(part))
    return EditMessageMedia(
        chat_id=turn.chat_id, message_id=part.message_id, media=media, reply_markup=_keyboard(part)
    )


def _file_of(clip: Clip) -> BufferedInputFile:
    return BufferedInputFile(clip.content, clip.file_name)


def _shape_of(clip: Clip) -> dict[str, Any]:
    """What makes a client show a video before it has come: its size, its length, a picture of it."""
    return {
        "width": clip.width_pixels,
        "height": clip.height_pixels,
        "duration": max(1, round(clip.duration_seconds)),
        "thumbnail": BufferedInputFile(clip.thumbnail, THUMBNAIL_NAME) if clip.thumbnail else None,
        "supports_streaming": True,
    }


def _where(turn: Turn, part: Part) -> dict[str, Any]:
    reply_to = part.reply_to_message_id
    return {
        "chat_id": turn.chat_id,
        "message_thread_id": turn.thread_id or None,
        "reply_parameters": ReplyParameters(message_id=reply_to, allow_sending_without_reply=True)
        if reply_to
        else None,
        "reply_markup": _keyboard(part),
    }


def _content(part: Part) -> dict[str, Any]:
    if part.rich is not None:
        return {"rich_message": InputRichMessage.model_validate(part.rich), "reply_markup": _keyboard(part)}
    return {
        "text": part.text,
        "entities": [MessageEntity.model_validate(entity) for entity in part.entities] or None,
        "parse_mode": None,
        "link_preview_options": NO_PREVIEW,
        "reply_markup": _keyboard(part),
    }


def _caption(part: Part) -> dict[str, Any]:
    return {
        "caption": part.text or None,
        "caption_entities": [MessageEntity.model_validate(entity) for entity in part.entities] or None,
        "parse_mode": None,
    }


def _keyboard(part: Part) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup.model_validate(part.keyboard) if part.keyboard else None
