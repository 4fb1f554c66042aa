import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import aiohttp

from services.chassis.client import channel
from services.gateway.text_client import TextClient
from tests.load.arrivals import ask_all
from tests.load.audience import Audience
from tests.load.exchange import Exchange
from tests.load.figures import Figures, percentile, rounded
from tests.load.first_tokens import first_token_from_text, grpc_question
from tests.load.house import Pace, audience_of, question, set_pace, vendors_of
from tests.load.progress import tell, tell_of_missing
from tests.support.processes import RealProcess
from tests.support.stack import Stack, running_stack

STREAMS: Final = 200
# Together 8,000 tokens a second: nearly what one core of the text service carries.
FULL: Final = Pace(tokens_per_second=40.0, tokens=400)
ROUNDS: Final = 2
CHATS: Final = 1000
SHORT: Final = Pace(tokens=8)
# Answers that hardly move: what many of them cost at once is memory, not time.
SLOW: Final = Pace(tokens_per_second=0.2, tokens=8)
ARRIVALS_PER_SECOND: Final = 50.0
# Telegram lets a bot send so many messages a second.
ANSWERS_PER_SECOND: Final = 28.0
TIMEOUT_SECONDS: Final = 120.0
SETTLING_SECONDS: Final = 3.0
KB_PER_MB: Final = 1000


async def text_throughput(directory: Path) -> Figures:
    """Tokens per CPU-second of the text service at 200 streams; memory per chat of it and of the gateway.

    Of an active chat: what a process grew by while a thousand chats were being answered for the first time.
    Of an idle one: what it grew by when, after those, a thousand others got a short answer each.
    """
    async with (
        running_stack(directory) as stack,
        audience_of(stack, SHORT, patience_seconds=TIMEOUT_SECONDS) as audience,
        aiohttp.ClientSession() as session,
        channel(stack.text_target) as to_text,
    ):
        [vendor] = vendors_of(stack, session)
        await set_pace(vendor, SLOW)
        active = await _active(stack, audience)
        await set_pace(vendor, SHORT)
        idle = await _idle(stack, audience)
        await set_pace(vendor, FULL)
        text = TextClient(to_text, timeout_seconds=TIMEOUT_SECONDS)
        rates = [await _tokens_per_cpu_second(text, stack.processes["text"], n) for n in range(ROUNDS)]
        return {
            "streams": STREAMS,
            "tokens_per_second_offered": STREAMS * FULL.tokens_per_second,
            "tokens_per_cpu_second_text": rounded(percentile(rates, 50), 0),
            "tokens_per_cpu_second_text_rounds": [rounded(rate, 0) for rate in rates],
            **active,
            **idle,
        }


async def _active(stack: Stack, audience: Audience) -> Figures:
    exchanges = await _prepared(audience)
    before = _rss_mb(stack)
    tell(f"{CHATS} chats ask, {ARRIVALS_PER_SECOND:g} a second; their answers take long.")
    asking = asyncio.create_task(ask_all(audience, exchanges, per_second=ARRIVALS_PER_SECOND))
    await asyncio.sleep(CHATS / ARRIVALS_PER_SECOND + SETTLING_SECONDS)
    active_count = sum(not exchange.over.is_set() for exchange in exchanges)
    active = _rss_mb(stack)
    await asking
    tell_of_missing(exchanges)
    return {
        "active_chats": active_count,
        "rss_mb_before": {name: rounded(mb, 1) for name, mb in before.items()},
        "kb_per_active_chat": _kb_per_chat(before, active),
    }


async def _idle(stack: Stack, audience: Audience) -> Figures:
    exchanges = await _prepared(audience)
    before = _rss_mb(stack)
    tell(f"{CHATS} other chats ask, {ANSWERS_PER_SECOND:g} a second; their answers are short.")
    await ask_all(audience, exchanges, per_second=ANSWERS_PER_SECOND)
    await asyncio.sleep(SETTLING_SECONDS)
    tell_of_missing(exchanges)
    return {"kb_per_idle_chat": _kb_per_chat(before, _rss_mb(stack))}


async def _prepared(audience: Audience) -> list[Exchange]:
    users = await audience.add_users(CHATS)
    return [audience.prepare(user_id, question(number)) for number, user_id in enumerate(users)]


def _rss_mb(stack: Stack) -> dict[str, float]:
    return {name: stack.processes[name].rss_mb() for name in ("text", "gateway")}


def _kb_per_chat(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float | None]:
    return {name: rounded((after[name] - before[name]) * KB_PER_MB / CHATS, 1) for name in before}


async def _tokens_per_cpu_second(text: TextClient, process: RealProcess, round_number: int) -> float:
    tell(f"{STREAMS} streams, round {round_number + 1} of {ROUNDS}")
    numbers = range(round_number * STREAMS, (round_number + 1) * STREAMS)
    began = process.cpu_seconds()
    await asyncio.gather(*(first_token_from_text(text, grpc_question(number)) for number in numbers))
    return STREAMS * FULL.tokens / (process.cpu_seconds() - began)
