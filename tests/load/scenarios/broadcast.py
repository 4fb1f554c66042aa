import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp

from services.chassis.client import channel
from services.chassis.jetstream import Nats, connect
from services.gateway.bookkeeping.directory import open_directory
from services.gateway.broadcasts.deliveries import open_deliveries
from services.gateway.broadcasts.order import PACE, Fate
from tests.load.audience import Audience
from tests.load.campaign import DELIVERY_ID, TEXT, Campaign
from tests.load.crowd import Crowd
from tests.load.exchange import Exchange
from tests.load.figures import Figures, percentile, rounded
from tests.load.house import audience_of, speaker_of
from tests.load.progress import tell
from tests.load.talk import Talk
from tests.support.stack import BOT_ID, Stack, running_stack

RECIPIENTS: Final = "RECIPIENTS"
"""As many as this variable says; 10,000 without it."""
PER_SECOND: Final = "PER_SECOND"
"""At this pace, or at the usual one."""
BLOCKERS_PERCENT: Final = 1
KILLS: Final = 6
GATEWAYS: Final = ("gateway", "gateway-2")
TALKERS: Final = 20
PAUSE_SECONDS: Final = 4.0
TALK_SECONDS: Final = 25.0
AFTER_KILL_SECONDS: Final = 10.0
OPERATOR_ID: Final = 4_000_000_000
JOURNAL_SIZE: Final = 200_000


async def broadcast(directory: Path) -> Figures:
    """10,000 get a broadcast while twenty users talk; the gateway that sends it is killed six times.

    Seconds are those of users' answers, before it and meanwhile. RECIPIENTS=1000 makes it a shorter one,
    PER_SECOND=20 a faster one.
    """
    async with (
        running_stack(
            directory,
            gateways=len(GATEWAYS),
            OPERATOR_IDS=str(OPERATOR_ID),
            SANDBOX_JOURNAL_SIZE=str(JOURNAL_SIZE),
        ) as stack,
        connect(stack.nats_url, name="load") as nats,
        _crowd(stack, nats) as crowd,
        audience_of(stack) as audience,
        channel(stack.grpc_target(GATEWAYS[0])) as gateway,
    ):
        for name in GATEWAYS:
            stack.processes[name].restarts_automatically = True
        before = await _talk(audience)
        await asyncio.sleep(TALK_SECONDS)
        await before.end()
        per_second = int(os.environ.get(PER_SECOND, PACE))
        campaign, began_at = Campaign(gateway, OPERATOR_ID, len(crowd.ids)), time.monotonic()
        await campaign.order(per_second)
        during = await _talk_under_fire(stack, audience, campaign)
        took_seconds = time.monotonic() - began_at
        return {
            **await _what_came(nats, crowd),
            "duration_seconds": round(took_seconds, 1),
            "messages_per_second": per_second,
            "kills": KILLS,
            "throttled": await crowd.calls(429),
            **_answers("before", before.exchanges),
            **_answers("during", during),
        }


@asynccontextmanager
async def _crowd(stack: Stack, nats: Nats) -> AsyncIterator[Crowd]:
    async with aiohttp.ClientSession() as session:
        crowd = Crowd(session, stack.telegram_url, int(os.environ.get(RECIPIENTS, "10000")))
        await crowd.gather(await open_directory(nats, replicas=1))
        await crowd.block(crowd.ids[: len(crowd.ids) * BLOCKERS_PERCENT // 100])
        tell(f"{len(crowd.ids)} are there.")
        yield crowd


async def _talk(audience: Audience) -> Talk:
    return Talk(audience, await audience.add_users(TALKERS), pause_seconds=PAUSE_SECONDS)


async def _talk_under_fire(stack: Stack, audience: Audience, campaign: Campaign) -> list[Exchange]:
    exchanges: list[Exchange] = []
    for number in range(1, KILLS + 2):
        talk = await _talk(audience)
        await campaign.until(number / (KILLS + 1))
        if number <= KILLS:
            await stack.kill(await speaker_of(stack))
            tell(f"Kill {number} of {KILLS}.")
            await asyncio.sleep(AFTER_KILL_SECONDS)
        await talk.end()
        exchanges += talk.exchanges
    return exchanges


async def _what_came(nats: Nats, crowd: Crowd) -> Figures:
    """What the ledger says of each, against what stands in their chats."""
    directory = await open_directory(nats, replicas=1)
    deliveries = await open_deliveries(nats, directory, bot_id=BOT_ID, replicas=1)
    fates = {one.chat_id: one.copy.fate for one in await deliveries.ledger.copies(DELIVERY_ID)}
    counts = await crowd.copies(TEXT)
    excused = (Fate.UNKNOWN, Fate.BLOCKED)
    missed = [chat_id for chat_id, count in counts.items() if not count and fates.get(chat_id) not in excused]
    unknown = [chat_id for chat_id, fate in fates.items() if fate is Fate.UNKNOWN]
    return {
        "recipients": len(fates),
        **{fate.value: count for fate, count in Counter(fates.values()).items()},
        "unknown": len(unknown),
        "unknown_that_came": sum(counts.get(chat_id, 0) > 0 for chat_id in unknown),
        "doubled": sum(count > 1 for count in counts.values()),
        "missed": len(missed),
    }


def _answers(when: str, exchanges: Sequence[Exchange]) -> Figures:
    first = [exchange.first_text_seconds for exchange in exchanges]
    final = [exchange.final_text_seconds for exchange in exchanges]
    return {
        f"answers_{when}": len(exchanges),
        f"answers_whole_{when}": sum(exchange.times_shown > 0 for exchange in exchanges),
        f"first_text_p50_s_{when}": rounded(percentile(first, 50)),
        f"first_text_p95_s_{when}": rounded(percentile(first, 95)),
        f"final_text_p50_s_{when}": rounded(percentile(final, 50)),
        f"final_text_p95_s_{when}": rounded(percentile(final, 95)),
    }
