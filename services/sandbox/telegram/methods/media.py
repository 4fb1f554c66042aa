from collections.abc import Mapping
from functools import partial
from typing import Final

from services.sandbox.telegram.access import find_writable_chat
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.limits import Family
from services.sandbox.telegram.markup import read_markup
from services.sandbox.telegram.media.content import read_media
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.messages import add_bot_message
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.placement import read_placement
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json


async def send_media(kind: MediaKind, sandbox: Sandbox, params: Params) -> Json:
    """sendPhoto and its kin: https://core.telegram.org/bots/api#sendphoto"""
    markup = read_markup(params)
    find_writable_chat(sandbox, params)
    content = await read_media(sandbox, params, params, kind.value, kind)
    # Looked up again: while the file was read, the user may have blocked the bot.
    chat = find_writable_chat(sandbox, params)
    placement = read_placement(sandbox, chat, params)
    if params.flag("protect_content"):
        content["has_protected_content"] = True
    sandbox.limiter.spend(Family.MESSAGES, chat)
    return add_bot_message(sandbox, chat, content, placement, markup)


METHODS: Final[Mapping[str, Handler]] = {
    "sendPhoto": partial(send_media, MediaKind.PHOTO),
    "sendVoice": partial(send_media, MediaKind.VOICE),
    "sendVideoNote": partial(send_media, MediaKind.VIDEO_NOTE),
    "sendVideo": partial(send_media, MediaKind.VIDEO),
    "sendAudio": partial(send_media, MediaKind.AUDIO),
    "sendDocument": partial(send_media, MediaKind.DOCUMENT),
    "sendSticker": partial(send_media, MediaKind.STICKER),
    "sendAnimation": partial(send_media, MediaKind.ANIMATION),
}
