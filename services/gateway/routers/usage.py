from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.quotas.measures import Measure
from services.gateway.quotas.quotas import Use
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.wording import Language, Wording

MICROS = 1_000_000


def router() -> Router:
    """What a person has used, what is left of it, and when it renews."""
    routes = Router(name="usage")
    routes.message.register(show, Matching(F.forward_origin.is_(None)), Command("usage"))
    return routes


async def show(_message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    lines = [use_line(use, turn.language, wording) for use in speech.quotas.uses_of(turn.user_id)]
    if not lines:
        await speech.replies.say(turn, wording.say("usage-nothing", turn.language))
        return
    await speech.replies.say(turn, "\n".join([wording.say("usage-title", turn.language), "", *lines]))


def use_line(use: Use, language: Language, wording: Wording) -> str:
    """What somebody has used of one thing, and what is left of it."""
    what = wording.say("usage-measure", language, measure=use.measure, period=use.period)
    if use.limit is None:
        return wording.say("usage-unlimited", language, what=what, used=_number(use, use.used))
    return wording.say(
        "usage-limited",
        language,
        what=what,
        left=_number(use, max(0, use.limit - use.used)),
        limit=_number(use, use.limit),
        renews=use.renews_at.strftime("%d.%m, %H:%M"),
    )


def _number(use: Use, count: int) -> str:
    return f"${count / MICROS:.2f}" if use.measure is Measure.COST_MICROS else str(count)
