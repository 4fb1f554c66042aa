from aiogram import F, Router
from aiogram.filters import Command, Filter
from aiogram.types import Message

from services.chassis.errors import QuartetError
from services.chassis.roles import Admins
from services.gateway.admin_client import AdminClient, Doors
from services.gateway.buttons import Keyboard
from services.gateway.delivery.turn import Turn
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.wording import Language, Wording

HTTPS = "https://"


class HasRole(Filter):
    """Passes who has a role. To everybody else the command is as unknown as any."""

    async def __call__(self, _message: Message, turn: Turn, admins: Admins) -> bool:
        return admins.role_of(turn.user_id) is not None


def router() -> Router:
    """What only admins may ask for."""
    routes = Router(name="admin")
    routes.message.filter(Matching(F.forward_origin.is_(None)), HasRole())
    routes.message.register(open_panel, Command("admin"))
    return routes


async def open_panel(
    _message: Message, turn: Turn, speech: Speech, wording: Wording, admin_client: AdminClient
) -> None:
    """Sends the ways into the panel, to their owner alone."""
    if not turn.is_private:
        await speech.replies.say(turn, wording.say("admin-in-private", turn.language))
        return
    try:
        doors = await admin_client.doors(turn.user_id)
    except QuartetError as error:
        await speech.replies.say(turn, wording.error(error, turn.language))
        return
    await speech.replies.deliver(turn, [_part(doors, wording, turn.language)])


def _part(doors: Doors, wording: Wording, language: Language) -> Part:
    # Telegram takes no buttons that lead to this machine, so its address stands in the text.
    if not doors.url.startswith(HTTPS):
        return Part(text=wording.say("admin-link", language, url=doors.url))
    rows: list[list[dict[str, object]]] = [
        [{"text": wording.say("admin-open-browser", language), "url": doors.url}]
    ]
    if doors.mini_app_url:
        app: dict[str, object] = {
            "text": wording.say("admin-open-app", language),
            "web_app": {"url": doors.mini_app_url},
        }
        rows.insert(0, [app])
    keyboard: Keyboard = {"inline_keyboard": rows}
    return Part(text=wording.say("admin-doors", language), keyboard=keyboard)
