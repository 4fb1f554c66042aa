from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from services.gateway.delivery.turn import Turn
from services.gateway.group_admins import GroupAdmins
from services.gateway.speech import Speech


class MaySet(Filter):
    """Passes who may change a chat's settings: in a private chat the person, in a group its admins."""

    async def __call__(
        self, event: Message | CallbackQuery, turn: Turn, speech: Speech, group_admins: GroupAdmins
    ) -> bool | dict[str, Any]:
        if turn.is_private or (isinstance(event, Message) and is_anonymous_admin(event)):
            return True
        return await group_admins.include(speech.scheduler, turn.chat_id, turn.user_id)


def is_anonymous_admin(message: Message) -> bool:
    """Whether a group's admin speaks in the name of the group."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
