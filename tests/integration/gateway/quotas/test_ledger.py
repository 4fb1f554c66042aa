import asyncio
from datetime import UTC, datetime

import pytest
from nats.js.kv import KeyValue

from services.chassis.jetstream import Nats
from services.gateway.lease import LeaseLost, Tenure
from services.gateway.quotas.account import Reservation
from services.gateway.quotas.ledger import Ledger, quotas_bucket
from services.gateway.quotas.measures import Measure
from services.gateway.quotas.tally import TOTAL, group_scope, user_scope

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = "2026-11-23"
GROUP = -100
USER = 7


@pytest.fixture
async def quotas(nats: Nats) -> KeyValue:
    await nats.js.delete_key_value("quotas") if "KV_quotas" in await _streams(nats) else None
    return await quotas_bucket(nats, replicas=1)


async def _streams(nats: Nats) -> set[str]:
    return {info.config.name or "" for info in await nats.js.streams_info()}


async def ledger_of(nats: Nats, bucket: KeyValue, *, until: float = float("inf")) -> Ledger:
    ledger = Ledger(nats.js, bucket, bot_id=1000, tenure=Tenure(1, until), now=lambda: NOW)
    await ledger.load()
    return ledger


def one_message(hours_ago: int = 0) -> Reservation:
    at = NOW.timestamp() - 3600 * hours_ago
    return Reservation(day=DAY, chat_id=GROUP, reserved_at=at, amounts={Measure.MESSAGES: 1})


async def test_the_next_speaker_knows_what_was_reserved_and_spent(nats: Nats, quotas: KeyValue) -> None:
    former = await ledger_of(nats, quotas)
    former.reserve(USER, "a", one_message())
    former.reserve(USER, "b", one_message())
    former.settle(USER, "b", {Measure.MESSAGES: 1, Measure.COST_MICROS: 30})
    await former.flush(USER)
    successor = await ledger_of(nats, quotas)
    for scope in (user_scope(USER), group_scope(GROUP), TOTAL):
        assert successor.tally.used(scope, DAY, Measure.MESSAGES) == 2
        assert successor.tally.used(scope, "2026-11", Measure.COST_MICROS) == 30
    successor.settle(USER, "b", {Measure.MESSAGES: 1})
    successor.settle(USER, "a", {})
    assert successor.tally.used(TOTAL, DAY, Measure.MESSAGES) == 1


async def test_turns_that_nobody_will_end_give_back_what_they_reserved(nats: Nats, quotas: KeyValue) -> None:
    former = await ledger_of(nats, quotas)
    former.reserve(USER, "a", one_message(hours_ago=49))
    await former.flush(USER)
    assert (await ledger_of(nats, quotas)).tally.used(TOTAL, DAY, Measure.MESSAGES) == 0


async def test_changes_that_come_together_are_kept_together(nats: Nats, quotas: KeyValue) -> None:
    ledger = await ledger_of(nats, quotas)
    for number in range(50):
        ledger.reserve(USER, str(number), one_message())
    await asyncio.gather(*(ledger.flush(USER) for _ in range(50)))
    assert (await quotas.status()).values == 1
    assert (await ledger_of(nats, quotas)).tally.used(TOTAL, DAY, Measure.MESSAGES) == 50


async def test_a_former_speaker_keeps_nothing(nats: Nats, quotas: KeyValue) -> None:
    former, successor = await ledger_of(nats, quotas), await ledger_of(nats, quotas)
    for ledger in (successor, former):
        ledger.reserve(USER, "a", one_message())
    await successor.flush(USER)
    late = await ledger_of(nats, quotas, until=0.0)
    late.reserve(USER, "b", one_message())
    with pytest.raises(LeaseLost):
        await late.flush(USER)
