import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.load.arrivals import ask_all
from tests.load.audience import Audience
from tests.load.exchange import Exchange
from tests.load.figures import Figures, answer_figures, percentile, rounded
from tests.load.house import audience_of, question
from tests.load.progress import tell, tell_of_missing
from tests.support.stack import running_stack

GROUPS: Final = 10
PEOPLE_PER_GROUP: Final = 10
ARRIVAL_SECONDS: Final = 1.5
# So long nothing that went before counts against Telegram's limit of the whole bot.
QUIET_SECONDS: Final = 3.0
COUNTED: Final = frozenset({"sendMessage", "editMessageText"})
"""What Telegram counts as a message to a group."""
MINUTE: Final = 60.0


async def groups(directory: Path) -> Figures:
    """Ten groups of ten people, who all mention the bot within 1.5 s; before them, ten people in private.

    Telegram's rate limits are on: 20 messages a minute to a group, 30 a second of the whole bot. The answers
    are those of text-burst.
    """
    async with running_stack(directory) as stack, audience_of(stack) as audience:
        alone = await _in_private(audience)
        await audience.forget_journal()
        together = await _in_groups(audience)
        calls = await audience.journal()
        tell_of_missing([*alone, *together])
        figures = answer_figures(together, calls)
        private_p50, private_p95 = (_final(alone, percent) for percent in (50, 95))
        return {
            **figures,
            "private_final_text_p50_s": rounded(private_p50),
            "private_final_text_p95_s": rounded(private_p95),
            "final_text_p50_ratio": _ratio(_final(together, 50), private_p50),
            "final_text_p95_ratio": _ratio(_final(together, 95), private_p95),
            "messages_per_group_and_minute_max": _most_in_a_minute(calls),
        }


async def _in_private(audience: Audience) -> list[Exchange]:
    users = await audience.add_users(PEOPLE_PER_GROUP)
    exchanges = [audience.prepare(user_id, question(number)) for number, user_id in enumerate(users)]
    return await _asked(audience, exchanges)


async def _in_groups(audience: Audience) -> list[Exchange]:
    users = await audience.add_users(GROUPS * PEOPLE_PER_GROUP)
    chats = [await audience.add_group(users[number::GROUPS]) for number in range(GROUPS)]
    exchanges = [
        audience.prepare(user_id, question(number), chat_id=chats[number % GROUPS])
        for number, user_id in enumerate(users)
    ]
    return await _asked(audience, exchanges)


async def _asked(audience: Audience, exchanges: Sequence[Exchange]) -> list[Exchange]:
    await asyncio.sleep(QUIET_SECONDS)
    tell(f"{len(exchanges)} people ask within {ARRIVAL_SECONDS} s.")
    await ask_all(audience, exchanges, per_second=len(exchanges) / ARRIVAL_SECONDS)
    # Long enough for an answer that comes twice to do so.
    await asyncio.sleep(QUIET_SECONDS)
    return list(exchanges)


def _final(exchanges: Sequence[Exchange], percent: float) -> float | None:
    return percentile((exchange.final_text_seconds for exchange in exchanges), percent)


def _ratio(seconds: float | None, private_seconds: float | None) -> float | None:
    return rounded(seconds / private_seconds, 2) if seconds and private_seconds else None


def _most_in_a_minute(calls: Sequence[Mapping[str, Any]]) -> int:
    """The most messages that any group got within any minute."""
    moments: dict[int, list[float]] = defaultdict(list)
    for call in calls:
        if call["method"] in COUNTED and call["chat_id"] < 0:
            moments[call["chat_id"]].append(call["at"])
    return max(
        (
            sum(at < since <= at + MINUTE for since in of_group) + 1
            for of_group in moments.values()
            for at in of_group
        ),
        default=0,
    )
