from aiogram import Bot, F, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.chassis.errors import QuartetError
from services.gateway.buttons import MENU_PREFIX
from services.gateway.commands_menu import publish_chat_commands
from services.gateway.delivery.turn import Turn
from services.gateway.menus import Press, Screen, Trail, choose, parse
from services.gateway.menus.settings import Value
from services.gateway.people import Awaited, Awaiting, Preferences
from services.gateway.routers.matching import Matching
from services.gateway.routers.menu_drawing import Drawing
from services.gateway.routers.settable import MaySet
from services.gateway.speech import Speech
from services.gateway.text_client import TextClient
from services.gateway.wording import Wording, language_of


def router() -> Router:
    """The buttons of the menus."""
    routes = Router(name="menus")
    is_ours = Matching(F.data.startswith(MENU_PREFIX) & F.message)
    routes.callback_query.register(press, is_ours, MaySet())
    routes.callback_query.register(refuse, is_ours)
    return routes


async def press(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, text_client: TextClient
) -> None:
    """Does what the button says, answers the press, and shows the screen it leads to in the same message."""
    drawing = Drawing(bot, turn, wording, text_client)
    pressed = parse(query.data or "")
    trail, language = pressed.trail if pressed else Trail.of(Screen.HOME), turn.preferences.language
    said, note = "", ""
    try:
        if pressed is None:
            said = wording.say("menu-renewed", turn.language)
        elif trail.screen is Screen.FORGETTING and pressed.value == Value.YES:
            await drawing.forget()
            trail, said = Trail.of(Screen.HOME, Screen.MEMORY), wording.say("forgotten", turn.language)
        elif pressed.value:
            said = await _choose(query, turn, speech, wording, drawing, pressed)
        else:
            await _await_wishes(turn, speech, is_asked_for=trail.screen is Screen.WRITING)
    except QuartetError as error:
        note = wording.error(error, turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=said or None))
    await _show(query, turn, speech, drawing, trail, note)
    if turn.preferences.language is not language:
        chosen = turn.preferences.language
        await publish_chat_commands(
            speech.scheduler, wording, turn.chat_id, chosen, is_private=turn.is_private
        )


async def refuse(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    text = wording.say("only-admins", turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))


async def _choose(
    query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, drawing: Drawing, pressed: Press
) -> str:
    """Changes the preferences, and returns what there is to say of it. Raises QuartetError."""
    screen, value = pressed.trail.screen, pressed.value
    models = await drawing.models() if screen is Screen.MODELS else ()
    if choose(turn.preferences, screen, value, models) is None:
        return wording.say("choice-gone", turn.language)

    def change(preferences: Preferences) -> Preferences:
        return choose(preferences, screen, value, models) or preferences

    turn.preferences = await speech.people.change(turn.chat_id, change)
    turn.language = turn.preferences.language or language_of(query.from_user.language_code)
    return wording.say("choice-saved", turn.language)


async def _show(
    query: CallbackQuery, turn: Turn, speech: Speech, drawing: Drawing, trail: Trail, note: str
) -> None:
    message_id = query.message.message_id if query.message else 0
    if trail.screen is Screen.CLOSED and await speech.replies.remove(turn, message_id):
        return
    part = await drawing.part(trail, name=query.from_user.first_name, note=note)
    await speech.replies.redraw(turn, message_id, part)


async def _await_wishes(turn: Turn, speech: Speech, *, is_asked_for: bool) -> None:
    """Waits for the person's next message, or no longer: whoever looks elsewhere has changed their mind."""
    awaiting = Awaiting(
        what=Awaited.WISHES, user_id=turn.user_id, thread_id=turn.thread_id, since=turn.received_at
    )

    def change(preferences: Preferences) -> Preferences:
        if is_asked_for:
            return preferences.model_copy(update={"awaiting": awaiting})
        is_theirs = preferences.awaiting is not None and preferences.awaiting.user_id == turn.user_id
        return preferences.model_copy(update={"awaiting": None}) if is_theirs else preferences

    turn.preferences = await speech.people.change(turn.chat_id, change)
