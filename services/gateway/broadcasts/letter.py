from typing import Final

from aiogram.methods import SendMessage, SendPhoto, TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)

from services.gateway.broadcasts.order import Order
from services.gateway.rendering import MAX_TEXT_UTF16, FormattedText, render, to_aiogram, utf16_length

MAX_CAPTION_UTF16: Final = 1024
FILE_NAME: Final = "picture"


class Letter:
    """Makes the Bot API call for each recipient; a picture is uploaded until Telegram keeps it."""

    def __init__(self, order: Order) -> None:
        self.formatted = (
            FormattedText(order.markdown, order.entities) if order.is_plain else render(order.markdown)
        )
        self._text, self._entities = self.formatted.text, to_aiogram(self.formatted.entities)
        rows = [[InlineKeyboardButton(text=button.text, url=button.url)] for button in order.buttons]
        self._keyboard = InlineKeyboardMarkup(inline_keyboard=rows) if rows else None
        answered = order.reply_to_message_id
        self._reply = (
            ReplyParameters(message_id=answered, allow_sending_without_reply=True) if answered else None
        )
        self._picture: BufferedInputFile | str | None = order.picture_file_id or None
        if order.picture:
            self._picture = BufferedInputFile(order.picture, FILE_NAME)

    @property
    def fits(self) -> bool:
        """Whether it is one message of Telegram, and not an empty one."""
        limit = MAX_CAPTION_UTF16 if self._picture else MAX_TEXT_UTF16
        return utf16_length(self._text) <= limit and bool(self._text.strip() or self._picture)

    def to(self, chat_id: int) -> TelegramMethod[Message]:
        if self._picture is None:
            return SendMessage(
                chat_id=chat_id,
                text=self._text,
                entities=self._entities,
                reply_markup=self._keyboard,
                reply_parameters=self._reply,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                parse_mode=None,
            )
        return SendPhoto(
            chat_id=chat_id,
            photo=self._picture,
            caption=self._text,
            caption_entities=self._entities,
            reply_markup=self._keyboard,
            reply_parameters=self._reply,
            parse_mode=None,
        )

    def learn(self, sent: Message) -> None:
        """Remember what Telegram calls the picture that it has got."""
        if sent.photo:
            self._picture = sent.photo[-1].file_id
