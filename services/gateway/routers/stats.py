from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from services.chassis.errors import QuartetError
from services.gateway.admin_client import AdminClient, Figure, FigureUnit
from services.gateway.buttons import STATS_PREFIX, Keyboard
from services.gateway.delivery.turn import Turn
from services.gateway.routers.matching import Matching
from services.gateway.routers.roles import HasRole
from services.gateway.speech import Speech
from services.gateway.turns import BoardRef, Part, StatsPeriod
from services.gateway.wording import Language, Wording

LEAST_CHANGE = 0.005
"""A change that rounds to nothing is not spoken of."""


def router() -> Router:
    """Figures and charts for admins."""
    routes = Router(name="stats")
    routes.message.filter(Matching(F.forward_origin.is_(None)), HasRole())
    routes.callback_query.filter(HasRole())
    routes.message.register(show, Command("stats"))
    routes.callback_query.register(press, Matching(F.data.startswith(STATS_PREFIX) & F.message))
    return routes


async def show(
    _message: Message,
    command: CommandObject,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    admin_client: AdminClient,
) -> None:
    """Sends the figures of a day, or of `/stats week` or `/stats month`, with a picture of charts."""
    if not turn.is_private:
        await speech.replies.say(turn, wording.say("stats-in-private", turn.language))
        return
    try:
        part = await board_of(turn, _period(command.args or ""), wording, admin_client)
    except QuartetError as error:
        await speech.replies.say(turn, wording.error(error, turn.language))
        return
    await speech.replies.deliver(turn, [part])


async def press(
    query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, admin_client: AdminClient
) -> None:
    """Shows another period in the same message."""
    said, part = "", None
    try:
        period = _period((query.data or "").removeprefix(STATS_PREFIX))
        part = await board_of(turn, period, wording, admin_client)
    except QuartetError as error:
        said = wording.error(error, turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=said or None))
    if part is not None and query.message is not None:
        await speech.replies.redraw(turn, query.message.message_id, part)


def _period(text: str) -> StatsPeriod:
    word = text.strip().casefold()
    return StatsPeriod(word) if word in tuple(StatsPeriod) else StatsPeriod.DAY


async def board_of(turn: Turn, period: StatsPeriod, wording: Wording, admin_client: AdminClient) -> Part:
    """The figures of a period with a picture of charts. Raises QuartetError."""
    figures = await admin_client.figures(turn.user_id, period)
    lines = [wording.say("stats-title", turn.language, period=period), ""]
    for figure in figures:
        value = _value(figure, turn.language, wording)
        lines.append(wording.say("stats-figure", turn.language, figure=figure.name, value=value))
    return Part(
        text="\n".join(lines),
        picture=BoardRef(period=period),
        keyboard=_keyboard(period, wording, turn.language),
    )


def _value(figure: Figure, language: Language, wording: Wording) -> str:
    match figure.unit:
        case FigureUnit.PERCENT:
            text = f"{_number(figure.now * 100, 1, language)}%"
        case FigureUnit.USD:
            text = f"${_number(figure.now, 2, language)}"
        case FigureUnit.SECONDS:
            text = wording.say("stats-seconds", language, number=_number(figure.now, 1, language))
        case _:
            text = _number(figure.now, 0, language)
    return f"{text}{_change(figure)}"


def _number(value: float, digits: int, language: Language) -> str:
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\u202f").replace(".", ",") if language is Language.RU else text


def _change(figure: Figure) -> str:
    if not figure.before:
        return ""
    change = figure.now / figure.before - 1
    if abs(change) < LEAST_CHANGE:
        return ""
    is_better = (change < 0) == figure.better_when_less
    return f"  {'▲' if change > 0 else '▼'} {abs(change) * 100:.0f}% {'🟢' if is_better else '🔴'}"


def _keyboard(period: StatsPeriod, wording: Wording, language: Language) -> Keyboard:
    names = {
        StatsPeriod.DAY: wording.say("stats-period-day", language),
        StatsPeriod.WEEK: wording.say("stats-period-week", language),
        StatsPeriod.MONTH: wording.say("stats-period-month", language),
    }
    row = [
        {"text": f"• {name} •" if each is period else name, "callback_data": f"{STATS_PREFIX}{each}"}
        for each, name in names.items()
    ]
    return {"inline_keyboard": [row]}
