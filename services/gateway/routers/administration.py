from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, Filter
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message, MessageOriginUser

from services.chassis.errors import QuartetError
from services.chassis.roles import AdminRole
from services.gateway.access.standing import Mode
from services.gateway.admin_client import AdminClient
from services.gateway.administration.campaigns import Campaigning
from services.gateway.administration.doors import doors_of
from services.gateway.administration.limits import LimitScreens, parse_limit
from services.gateway.administration.office import Office
from services.gateway.administration.presses import AdminPress, AdminVerb, parse_admin_press
from services.gateway.administration.screens import Screens
from services.gateway.delivery.turn import Turn
from services.gateway.people import Awaited, Awaiting
from services.gateway.quotas.measures import limit_name
from services.gateway.reading import own_words
from services.gateway.routers import campaigns
from services.gateway.routers.awaited import answered, await_message
from services.gateway.routers.dialogues import Expected
from services.gateway.routers.matching import Matching
from services.gateway.routers.roles import HasRole
from services.gateway.routers.stats import board_of
from services.gateway.routers.usage import use_line
from services.gateway.speech import Speech
from services.gateway.turns import Part, StatsPeriod
from services.gateway.wording import Wording

STANDINGS: dict[AdminVerb, dict[str, bool | str]] = {
    AdminVerb.BAN: {"is_banned": True},
    AdminVerb.UNBAN: {"is_banned": False, "ban_reason": ""},
    AdminVerb.ALLOW: {"is_allowed": True},
    AdminVerb.DISALLOW: {"is_allowed": False},
    AdminVerb.FOCUS: {"is_in_focus_group": True},
    AdminVerb.UNFOCUS: {"is_in_focus_group": False},
}
MODES = {AdminVerb.MAINTENANCE: "is_in_maintenance", AdminVerb.ALLOW_LIST: "is_allow_list_on"}


class AdminPressed(Filter):
    """Passes a press in the admins' menu by somebody with a role, as `press`."""

    async def __call__(self, query: CallbackQuery, turn: Turn, office: Office) -> bool | dict[str, Any]:
        press = parse_admin_press(query.data or "")
        return {"press": press} if press is not None and office.role_of(turn.user_id) is not None else False


def router() -> Router:
    """The admins' menu, and the messages that it asks for."""
    routes = Router(name="administration")
    routes.message.register(show_menu, Command("admin"), Matching(F.forward_origin.is_(None)), HasRole())
    # Whatever is forwarded, a command among it, shows who has written it.
    is_person = Matching(F.forward_origin | (F.text & ~F.text.startswith("/")))
    routes.message.register(take_person, is_person, Expected(Awaited.ADMIN_PERSON), HasRole())
    is_own_text = Matching(F.text & ~F.forward_origin & ~F.text.startswith("/"))
    routes.message.register(take_reply, is_own_text, Expected(Awaited.ADMIN_REPLY), HasRole())
    routes.include_router(campaigns.router())
    routes.callback_query.register(pressed, AdminPressed(), Matching(F.message))
    return routes


async def show_menu(_message: Message, turn: Turn, speech: Speech, wording: Wording, office: Office) -> None:
    """Sends what its owner may do here, to them alone."""
    if not turn.is_private:
        await speech.replies.say(turn, wording.say("admin-in-private", turn.language))
        return
    await _await_nothing(turn, speech)
    try:
        part = await home(turn, wording, office)
    except QuartetError as error:
        part = Part(text=wording.error(error, turn.language))
    await speech.replies.deliver(turn, [part])


async def pressed(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    office: Office,
    campaigning: Campaigning,
    admin_client: AdminClient,
    press: AdminPress,
) -> None:
    """Does what was pressed: the menu becomes the next screen, what it asks for comes below."""
    failure, screen, below = "", None, None
    # Who goes elsewhere no longer writes to whoever wrote a letter.
    await _await_nothing(turn, speech)
    try:
        match press.verb:
            case AdminVerb.TODAY:
                below = await board_of(turn, StatsPeriod.DAY, wording, admin_client)
            case AdminVerb.PANEL:
                below = doors_of(await admin_client.doors(turn.user_id), wording, turn.language)
            case AdminVerb.REPLY:
                office.require(turn.user_id)
                await await_message(turn, speech, Awaited.ADMIN_REPLY, subject=press.subject)
                below = Part(text=wording.say("admin-reply-ask", turn.language))
            case AdminVerb.COMPOSE:
                office.require(turn.user_id)
                await await_message(turn, speech, Awaited.ADMIN_BROADCAST)
                below = Part(text=wording.say("admin-cast-ask", turn.language))
            case AdminVerb.PERSON if not press.subject:
                office.require(turn.user_id)
                await await_message(turn, speech, Awaited.ADMIN_PERSON)
                below = Part(text=wording.say("admin-person-ask", turn.language))
            case verb if verb in campaigns.VERBS:
                screen = await campaigns.screen_of(turn, wording, campaigning, press)
            case _:
                screen = await _screen(turn, wording, office, press)
    except QuartetError as error:
        failure = wording.error(error, turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=failure or None))
    if screen is not None and query.message is not None:
        await speech.replies.redraw(turn, query.message.message_id, screen)
    if below is not None:
        await speech.replies.deliver(turn, [below])


async def home(turn: Turn, wording: Wording, office: Office) -> Part:
    """The first screen, by the role of whoever asks. Raises QuartetError."""
    role = office.role_of(turn.user_id)
    assert role is not None
    letters = len(await office.open_letters(turn.user_id)) if role >= AdminRole.OPERATOR else 0
    alerts = len(await office.alerts(turn.user_id))
    return Screens(wording, turn.language).home(role, office.mode, letters, alerts)


async def _screen(turn: Turn, wording: Wording, office: Office, press: AdminPress) -> Part:
    actor, screens = turn.user_id, Screens(wording, turn.language)
    match press.verb:
        case AdminVerb.ALERTS:
            return screens.alerts(await office.alerts(actor), datetime.now(UTC))
        case AdminVerb.MODE:
            return screens.mode(office.mode)
        case AdminVerb.MAINTENANCE | AdminVerb.ALLOW_LIST:
            change = {MODES[press.verb]: press.subject == "on"}
            await office.set_mode(actor, Mode.model_validate({**office.mode.model_dump(), **change}))
            return screens.mode(office.mode)
        case AdminVerb.LETTERS:
            return screens.letter(await office.open_letters(actor), _number(press.subject))
        case AdminVerb.CLOSE:
            await office.close(actor, press.subject)
            return screens.letter(await office.open_letters(actor), 0)
        case AdminVerb.PERSON:
            return await _person(turn, wording, office, _number(press.subject))
        case AdminVerb.PLAN:
            own, _, plan = press.subject.partition(":")
            await office.set_plan(actor, _number(own), plan)
            return await _person(turn, wording, office, _number(own))
        case AdminVerb.LIMITS | AdminVerb.LIMIT:
            return await _limits(turn, wording, office, press)
        case verb if verb in STANDINGS:
            await office.set_standing(actor, _number(press.subject), **STANDINGS[verb])
            return await _person(turn, wording, office, _number(press.subject))
        case _:
            return await home(turn, wording, office)


async def take_person(
    message: Message, turn: Turn, speech: Speech, wording: Wording, office: Office, awaiting: Awaiting
) -> None:
    """Shows whom an id names, or who wrote what is forwarded."""
    await answered(turn, speech, awaiting)
    origin = message.forward_origin
    user_id = origin.sender_user.id if isinstance(origin, MessageOriginUser) else _number(message.text or "")
    try:
        part = (
            await _person(turn, wording, office, user_id)
            if user_id
            else Part(text=wording.say("admin-person-unknown", turn.language))
        )
    except QuartetError as error:
        part = Part(text=wording.error(error, turn.language))
    await speech.replies.deliver(turn, [part])


async def take_reply(
    _message: Message,
    messages: Sequence[Message],
    turn: Turn,
    speech: Speech,
    wording: Wording,
    office: Office,
    awaiting: Awaiting,
) -> None:
    """Has the bot say it to whoever wrote the letter."""
    await answered(turn, speech, awaiting)
    try:
        await office.reply(turn.user_id, awaiting.subject, own_words(messages))
        text = wording.say("admin-reply-sent", turn.language)
    except QuartetError as error:
        text = wording.error(error, turn.language)
    await speech.replies.say(turn, text)


async def _limits(turn: Turn, wording: Wording, office: Office, press: AdminPress) -> Part:
    asked = parse_limit(press.subject)
    if asked is None:
        return await home(turn, wording, office)
    if asked.is_usual or asked.value is not None:
        await office.set_limit(turn.user_id, asked.user_id, asked.name, asked.value)
    _standing, uses = await office.person(turn.user_id, asked.user_id)
    screens = LimitScreens(wording, turn.language)
    one = next((use for use in uses if asked.name == limit_name(use.measure, use.period)), None)
    # A limit that only this person had is gone once they have what everyone has.
    return (
        screens.one(asked.user_id, one) if one and one.limit is not None else screens.all(asked.user_id, uses)
    )


async def _person(turn: Turn, wording: Wording, office: Office, user_id: int) -> Part:
    standing, uses = await office.person(turn.user_id, user_id)
    lines = [use_line(use, turn.language, wording) for use in uses]
    return Screens(wording, turn.language).person(user_id, standing, lines, office.plans)


async def _await_nothing(turn: Turn, speech: Speech) -> None:
    if turn.preferences.awaiting is not None:
        turn.preferences = await speech.people.change(
            turn.chat_id, lambda own: own.model_copy(update={"awaiting": None})
        )


def _number(text: str) -> int:
    """The id, or 0 where it is none that Telegram could have given."""
    text = text.strip()
    return int(text) if text.removeprefix("-").isdecimal() and len(text) <= 16 else 0
