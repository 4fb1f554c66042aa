from aiogram import Router
from aiogram.filters import IS_MEMBER, IS_NOT_MEMBER, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated

from services.gateway.delivery.turn import Turn
from services.gateway.speech import Speech
from services.gateway.wording import Wording


def router() -> Router:
    """The bot being added to groups and removed from them."""
    routes = Router(name="membership")
    routes.my_chat_member.register(
        greet_group, ChatMemberUpdatedFilter(member_status_changed=IS_NOT_MEMBER >> IS_MEMBER)
    )
    return routes


async def greet_group(_event: ChatMemberUpdated, turn: Turn, speech: Speech, wording: Wording) -> None:
    if not turn.is_private:
        await speech.replies.say(turn, wording.say("group-hello", turn.language))
