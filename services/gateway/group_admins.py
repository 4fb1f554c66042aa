import time
from typing import Final

from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError, TelegramNotFound
from aiogram.methods import GetChatMember
from aiogram.types import ChatMemberAdministrator, ChatMemberOwner

from services.chassis.errors import ServiceUnavailable
from services.gateway.delivery.scheduler import Scheduler

REMEMBERED_SECONDS: Final = 30.0
MAX_REMEMBERED: Final = 5_000


class GroupAdmins:
    """Who may change the settings of a group: its admins. Asked of Telegram, and remembered for a moment."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[bool, float]] = {}

    async def include(self, scheduler: Scheduler, chat_id: int, user_id: int) -> bool:
        """Raises ServiceUnavailable where Telegram does not answer."""
        known = self._known.get((chat_id, user_id))
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        is_admin = await _is_admin(scheduler, chat_id, user_id)
        self._known[chat_id, user_id] = is_admin, time.monotonic() + REMEMBERED_SECONDS
        return is_admin


async def _is_admin(scheduler: Scheduler, chat_id: int, user_id: int) -> bool:
    try:
        member = await scheduler.ask(GetChatMember(chat_id=chat_id, user_id=user_id), chat_id)
    except (TelegramBadRequest, TelegramForbiddenError, TelegramNotFound):
        # "member not found" and the like.
        return False
    except AiogramError as error:
        raise ServiceUnavailable("Telegram does not tell who is an admin") from error
    return isinstance(member, ChatMemberOwner | ChatMemberAdministrator)
