from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import Message

from services.chassis.errors import QuartetError, UnsupportedImage
from services.gateway.delivery.turn import Turn
from services.gateway.dialogue import Attachment
from services.gateway.people import Awaited
from services.gateway.pictures import Version
from services.gateway.pictures.standing import version_under
from services.gateway.questions import speaker_of
from services.gateway.reading import own_words, pictures_in
from services.gateway.reading.words import without_mention
from services.gateway.routers.addressed import Addressed
from services.gateway.routers.awaited import await_message
from services.gateway.speech import Speech
from services.gateway.video_client import VideoClient
from services.gateway.videos import AspectRatio, Order
from services.gateway.videos.asking import wish_in
from services.gateway.videos.choosing import choice_part
from services.gateway.wording import Wording

FetchPicture = Callable[[], Awaitable[Attachment | None]]


@dataclass(frozen=True)
class VideoWish:
    """What is wished in a message, and which picture is to be set in motion; neither: none."""

    words: str
    version: Version | None = None
    has_photos: bool = False

    @property
    def has_picture(self) -> bool:
        return self.version is not None or self.has_photos


class WishesVideo(Filter):
    """Passes messages that wish for a video; the handler gets the wish as `wish`."""

    async def __call__(
        self, message: Message, messages: Sequence[Message], bot: Bot
    ) -> bool | dict[str, Any]:
        me = await bot.me()
        wish = wish_in(without_mention(own_words(messages), me.username), username=me.username or "")
        if wish is None or not (wish.is_command or await Addressed()(message, bot)):
            return False
        replied = message.reply_to_message
        own_photos = any(map(pictures_in, messages))
        version = None if own_photos else version_under(replied, bot.id)
        has_photos = own_photos or (version is None and replied is not None and bool(pictures_in(replied)))
        if wish.is_animation and not (version or has_photos):
            return False
        return {"wish": VideoWish(wish.words, version, has_photos)}


def router() -> Router:
    """Orders for videos: by command, in plain words, in reply to a picture."""
    routes = Router(name="videos")
    routes.message.register(film, WishesVideo())
    routes.edited_message.register(explain, WishesVideo())
    return routes


async def film(
    _message: Message,
    messages: Sequence[Message],
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    wish: VideoWish,
) -> None:
    """Orders what is wished; asks for the words where there are none, and no picture."""
    if not wish.words and not wish.has_picture:
        await ask_for_words(turn, speech, wording, video_client)
        return

    async def picture() -> Attachment | None:
        if wish.version is not None:
            return await kept_picture(turn, speech, wish.version)
        if not wish.has_photos:
            return None
        attachments = await speech.reader.pictures(turn, messages)
        if not attachments:
            raise UnsupportedImage("no picture came along", metadata={"problem": "not_an_image"})
        return attachments[0]

    await order_video(turn, speech, wish.words, picture)


async def explain(_message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    """An order that is edited stands as it was placed: it may be paid for already."""
    await speech.replies.say(turn, wording.say("video-edited", turn.language))


async def no_picture() -> Attachment | None:
    """Where a video is made from words alone."""
    return None


async def order_video(turn: Turn, speech: Speech, words: str, picture: FetchPicture = no_picture) -> None:
    """Orders a video as the chat's choices say. `picture` fetches what is to be set in motion."""
    preferences = turn.preferences

    async def make_order() -> Order:
        first_frame = await picture()
        return Order(
            job_id=turn.turn_id,
            speaker=speaker_of(turn),
            prompt=words,
            # What was chosen for words may be nothing for pictures: then the service chooses.
            model="" if first_frame else preferences.video_model,
            duration_seconds=0 if first_frame else preferences.video_seconds,
            aspect_ratio=None if first_frame else ratio_of(preferences.video_ratio),
            first_frame=first_frame,
        )

    await speech.screenings.order(turn, make_order)


async def kept_picture(turn: Turn, speech: Speech, version: Version) -> Attachment:
    """A picture that was drawn here. Raises QuartetError."""
    found = await speech.portfolio.version(version, speaker_of(turn))
    return Attachment(found.mime_type, found.content)


async def ask_for_words(turn: Turn, speech: Speech, wording: Wording, video_client: VideoClient) -> None:
    """Opens the dialogue: what to film, and how, with the price."""
    try:
        models = await video_client.models()
        allowance = await video_client.allowance(speaker_of(turn))
    except QuartetError as error:
        await speech.replies.say(turn, wording.error(error, turn.language))
        return
    await await_message(turn, speech, Awaited.VIDEO_PROMPT)
    part = choice_part(turn.preferences, models, allowance, turn.language, wording)
    await speech.replies.deliver(turn, [part])


def ratio_of(value: str) -> AspectRatio | None:
    """The ratio that a chat prefers, if it is still one."""
    return next((ratio for ratio in AspectRatio if ratio == value), None)
