from collections.abc import Mapping
from typing import Final

from services.sandbox.telegram.access import find_writable_chat
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.limits import Family
from services.sandbox.telegram.markup import read_markup
from services.sandbox.telegram.messages import add_bot_message
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.placement import read_placement
from services.sandbox.telegram.rich.input import read_rich_message
from services.sandbox.telegram.rich.media import with_files
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json


async def send_rich_message(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#sendrichmessage"""
    rich_message = read_rich_message(params)
    markup = read_markup(params)
    find_writable_chat(sandbox, params)
    content: Json = {"rich_message": await with_files(sandbox, params, rich_message)}
    chat = find_writable_chat(sandbox, params)
    placement = read_placement(sandbox, chat, params)
    sandbox.limiter.spend(Family.MESSAGES, chat)
    return add_bot_message(sandbox, chat, content, placement, markup)


METHODS: Final[Mapping[str, Handler]] = {"sendRichMessage": send_rich_message}
