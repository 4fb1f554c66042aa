from aiogram import Router
from aiogram.filters import IS_MEMBER, IS_NOT_MEMBER, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated

from services.gateway.buttons import keyboard
from services.gateway.delivery.turn import Turn
from services.gateway.menus import Screen, Trail
from services.gateway.speech import Speech
from services.gateway.stops import StopWish
from services.gateway.turns import Part
from services.gateway.wording import Wording


def router() -> Router:
    """The bot being added to groups and removed from them, let in by people and blocked."""
    routes = Router(name="membership")
    routes.my_chat_member.register(greet_group, ChatMemberUpdatedFilter(IS_NOT_MEMBER >> IS_MEMBER))
    routes.my_chat_member.register(fall_silent, ChatMemberUpdatedFilter(IS_MEMBER >> IS_NOT_MEMBER))
    return routes


async def greet_group(_event: ChatMemberUpdated, turn: Turn, speech: Speech, wording: Wording) -> None:
    if turn.is_private:
        return
    settings = wording.say("settings-button", turn.language)
    buttons = keyboard([(settings, Trail.of(Screen.HOME).data())])
    await speech.replies.deliver(
        turn, [Part(text=wording.say("group-hello", turn.language), keyboard=buttons)]
    )


async def fall_silent(_event: ChatMemberUpdated, turn: Turn, speech: Speech) -> None:
    """Ends the answers that nobody will read."""
    speech.stops.stop_now(StopWish(turn.chat_id, 0, thread_id=None))
