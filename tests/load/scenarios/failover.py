import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.load.exchange import Exchange
from tests.load.figures import Figures, percentile, rounded
from tests.load.house import audience_of, speaker_of
from tests.load.progress import tell
from tests.load.talk import Talk
from tests.support.stack import running_stack

USERS: Final = 20
KILLS: Final = 3
GATEWAYS: Final = ("gateway", "gateway-2")
TALK_SECONDS: Final = 6.0
AFTERMATH_SECONDS: Final = 2.0
# What the dead one had handed to the kernel may still arrive; it is not the successor's.
LAST_WORDS_SECONDS: Final = 0.1


async def failover(directory: Path) -> Figures:
    """Twenty users talk, two gateways run, and the one that speaks is killed with SIGKILL, three times.

    Seconds count from its death to what its successor showed first: some text, and a final one.
    """
    talks: list[Talk] = []
    deaths: list[Figures] = []
    async with running_stack(directory, gateways=len(GATEWAYS)) as stack, audience_of(stack) as audience:
        for name in GATEWAYS:
            stack.processes[name].restarts_automatically = True
        for number in range(KILLS):
            talk = Talk(audience, await audience.add_users(USERS))
            talks.append(talk)
            await asyncio.sleep(TALK_SECONDS)
            victim = await speaker_of(stack)
            await stack.kill(victim)
            died_at = time.monotonic()
            interrupted = [exchange for exchange in talk.exchanges if exchange.final_text_at is None]
            await asyncio.sleep(TALK_SECONDS)
            await talk.end()
            deaths.append(_after_death(talk.exchanges, interrupted, died_at))
            tell(f"Kill {number + 1} of {KILLS}: {deaths[-1]}")
            await stack.processes[victim].wait_until_ready()
        await asyncio.sleep(AFTERMATH_SECONDS)
        exchanges = [exchange for talk in talks for exchange in talk.exchanges]
        return {
            "users": USERS,
            "kills": KILLS,
            **{f"{key}_p50": rounded(percentile((d[key] for d in deaths), 50)) for key in deaths[0]},
            "next_first_text_s_max": rounded(percentile((d["next_first_text_s"] for d in deaths), 100)),
            "answers": len(exchanges),
            "answers_whole": sum(exchange.times_shown > 0 for exchange in exchanges),
            "answers_doubled": sum(exchange.times_shown > 1 for exchange in exchanges),
        }


def _after_death(exchanges: Sequence[Exchange], interrupted: Sequence[Exchange], died_at: float) -> Figures:
    after = died_at + LAST_WORDS_SECONDS
    shown = [at for exchange in exchanges for at in exchange.shown_at if at > after]
    final = [x.final_text_at for x in exchanges if x.final_text_at is not None and x.final_text_at > after]
    recovered = [x.final_text_at - died_at for x in interrupted if x.final_text_at is not None]
    return {
        "interrupted": len(interrupted),
        "next_first_text_s": rounded(min(shown) - died_at) if shown else None,
        "next_final_text_s": rounded(min(final) - died_at) if final else None,
        "last_interrupted_final_text_s": rounded(percentile(recovered, 100)),
    }
