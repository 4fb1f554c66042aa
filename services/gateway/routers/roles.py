from aiogram.filters import Filter
from aiogram.types import TelegramObject

from services.chassis.roles import Admins
from services.gateway.delivery.turn import Turn


class HasRole(Filter):
    """Passes who has a role. To everybody else what admins may ask for is as unknown as any."""

    async def __call__(self, _event: TelegramObject, turn: Turn, admins: Admins) -> bool:
        return admins.role_of(turn.user_id) is not None
