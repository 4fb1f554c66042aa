from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import Message

from services.chassis.errors import UnsupportedImage
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.easel import Card, EaselPress, EaselVerb, draw_card
from services.gateway.people import Awaited
from services.gateway.pictures import AspectRatio, Kind, Order, Style, Version
from services.gateway.pictures.asking import COMMAND, Wish, is_change, is_picture_command, wish_in
from services.gateway.pictures.standing import version_under
from services.gateway.questions import speaker_of
from services.gateway.reading import own_words, pictures_in
from services.gateway.reading.words import without_mention
from services.gateway.routers.addressed import Addressed
from services.gateway.routers.awaited import await_message
from services.gateway.speech import Speech
from services.gateway.updates import turn_id_in_chat
from services.gateway.wording import Wording

MAX_REPLIED_CHARACTERS: Final = 3000
"""Of a text that is to be drawn: the image service takes no more words."""


@dataclass(frozen=True)
class PictureWish:
    """What is wished in a message, and of which picture; neither version nor photos: of none."""

    words: str
    version: Version | None = None
    has_photos: bool = False

    @property
    def kind(self) -> Kind:
        return Kind.EDIT if self.version or self.has_photos else Kind.DRAW


class WishesPicture(Filter):
    """Passes messages that wish for a picture; the handler gets the wish as `wish`."""

    async def __call__(
        self, message: Message, messages: Sequence[Message], bot: Bot
    ) -> bool | dict[str, Any]:
        me = await bot.me()
        text = without_mention(own_words(messages), me.username)
        replied = message.reply_to_message
        version = version_under(replied, bot.id)
        has_photos = any(pictures_in(each) for each in (*messages, replied) if each is not None)
        wish = wish_in(text, username=me.username or "")
        if wish is None:
            # What is said in reply to a picture of ours changes it.
            is_ours = version is not None and is_change(text) and not any(map(pictures_in, messages))
            return {"wish": PictureWish(text, version)} if is_ours else False
        if not is_picture_command(text) and not await Addressed()(message, bot):
            return False
        if wish.is_change and not (version or has_photos):
            return False
        own_photos = any(map(pictures_in, messages))
        about = None if own_photos else version
        return {"wish": PictureWish(_words(wish, message, bot.id), about, has_photos and about is None)}


def router() -> Router:
    """Orders for pictures: by command, in plain words, as a caption, in reply to a text or a picture."""
    routes = Router(name="drawing")
    routes.message.register(draw, WishesPicture())
    routes.edited_message.register(draw_edited, WishesPicture())
    return routes


async def draw(
    _message: Message,
    messages: Sequence[Message],
    turn: Turn,
    speech: Speech,
    wording: Wording,
    wish: PictureWish,
) -> None:
    """Draws what is wished; asks for the words where there are none."""
    if not wish.words:
        await _ask_for_words(turn, speech, wording, wish)
        return
    preferences = turn.preferences

    async def make_order() -> Order:
        attachments = await speech.reader.pictures(turn, messages) if wish.has_photos else ()
        if wish.has_photos and not attachments:
            raise UnsupportedImage("no picture came along", metadata={"problem": "not_an_image"})
        return Order(
            picture_id=turn.turn_id,
            speaker=speaker_of(turn),
            kind=wish.kind,
            prompt=wish.words,
            # A picture that is changed keeps its own manner.
            style=style_of(preferences.picture_style) if wish.kind is Kind.DRAW else None,
            aspect_ratio=ratio_of(preferences.picture_ratio) if wish.kind is Kind.DRAW else None,
            version=wish.version,
            attachments=attachments,
        )

    await speech.drawings.draw(turn, make_order, asked=wish.words, hint=hint_for(turn, wording))
    await remember_drawing(turn, speech)


async def draw_edited(
    message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    wish: PictureWish,
) -> None:
    """Draws what the order reads now, in the place of the former picture."""
    turn.subject_id = turn_id_in_chat(
        bot.id, message.chat.id, f"{message.message_id}.{int(message.date.timestamp())}"
    )
    turn.purpose = Purpose.EDIT
    # The former drawing has been stopped; what it leaves behind is to be found.
    await speech.drawings.ended(turn.question_id)
    await speech.revisions.prepare(turn)
    await draw(message, messages, turn, speech, wording, wish)


def style_of(value: str) -> Style | None:
    """The style that a chat prefers, if it is still one."""
    return next((style for style in Style if style == value), None)


def ratio_of(value: str) -> AspectRatio | None:
    """The ratio that a chat prefers, if it is still one."""
    return next((ratio for ratio in AspectRatio if ratio == value), None)


async def _ask_for_words(turn: Turn, speech: Speech, wording: Wording, wish: PictureWish) -> None:
    """Opens the dialogue: what to draw, or what to change."""
    if wish.version is not None:
        subject = f"{wish.version.series_id}:{wish.version.number}"
        await await_message(turn, speech, Awaited.PICTURE_EDIT, subject=subject)
        await speech.replies.say(turn, wording.say("picture-edit-ask", turn.language))
        return
    if wish.has_photos:
        await speech.replies.say(turn, wording.say("picture-change-how", turn.language))
        return
    await await_message(turn, speech, Awaited.PICTURE_PROMPT)
    preferences = turn.preferences
    style, ratio = style_of(preferences.picture_style), ratio_of(preferences.picture_ratio)
    chosen = EaselPress(EaselVerb.SET, style or Style.ANY, ratio)
    await speech.replies.deliver(turn, [draw_card(Card(chosen=chosen), turn.language, wording)])


def hint_for(turn: Turn, wording: Wording) -> str:
    """What to know about descriptions, for those who draw here for the first time."""
    return "" if turn.preferences.has_drawn else wording.say("picture-hint", turn.language)


async def remember_drawing(turn: Turn, speech: Speech) -> None:
    """Notes that something has been drawn here."""
    if not turn.preferences.has_drawn:
        await speech.people.change(turn.chat_id, lambda own: own.model_copy(update={"has_drawn": True}))


def _words(wish: Wish, message: Message, bot_id: int) -> str:
    """What is wished; where it only points at a text, or speaks about somebody's, that text too."""
    replied = message.reply_to_message
    said = "" if replied is None or pictures_in(replied) else (replied.text or replied.caption or "")
    is_quoted = message.quote is not None and bool(said)
    if message.quote is not None and said:
        said = message.quote.text
    said = said.strip()[:MAX_REPLIED_CHARACTERS]
    if wish.is_pointing:
        return COMMAND.sub("", said, count=1)
    # In a group a reply to the bot is often only a way to address it.
    is_bots = replied is not None and replied.from_user is not None and replied.from_user.id == bot_id
    is_meant = said and not wish.is_change and (is_quoted or not is_bots)
    return f"{wish.words}\n\n{said}" if is_meant else wish.words
