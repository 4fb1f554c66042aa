import asyncio
import secrets
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from nats.js.kv import KeyValue

from services.chassis.errors import QuotaExceeded
from services.chassis.jetstream import Nats
from services.gateway.access.register import Register, open_register
from services.gateway.access.standing import Standing
from services.gateway.bookkeeping.receipt import Outcome, Receipt
from services.gateway.delivery.turn import Turn
from services.gateway.lease import Tenure
from services.gateway.quotas.ledger import Ledger, quotas_bucket
from services.gateway.quotas.measures import Measure, Period
from services.gateway.quotas.plan import Plan
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.quotas import Quotas
from services.gateway.turns import TurnRecord, TurnState
from services.gateway.wording import Language

NOW = datetime(2026, 11, 30, 20, tzinfo=UTC)
USUAL = Plan(
    user={"messages_per_day": 100},
    group={"messages_per_day": 150},
    total={"cost_micros_per_month": 10_000_000},
    plans={"pro": {"messages_per_day": 120}},
)


class House:
    """Gateways of one bot, one after the other, on the same stores."""

    def __init__(self, nats: Nats, bucket: KeyValue) -> None:
        self.nats, self.bucket = nats, bucket
        self.bot_id = secrets.randbelow(10**9)

    async def speaker(self, register: Register) -> Quotas:
        tenure = Tenure(1, float("inf"))
        ledger = Ledger(self.nats.js, self.bucket, bot_id=self.bot_id, tenure=tenure, now=lambda: NOW)
        await ledger.load()
        policy = Policy(USUAL, register, ZoneInfo("Europe/Moscow"))
        return Quotas(ledger, policy, now=lambda: NOW)


@pytest.fixture
async def house(nats: Nats) -> House:
    return House(nats, await quotas_bucket(nats, replicas=1))


def turn_of(number: int, user_id: int = 7, chat_id: int = 7) -> Turn:
    return Turn(
        turn_id=f"1.{chat_id}.{number}",
        chat_id=chat_id,
        thread_id=0,
        user_id=user_id,
        language=Language.RU,
        is_private=chat_id > 0,
        reply_to_message_id=None,
        draft_id=1,
        received_at=NOW.timestamp(),
        tenure=Tenure(1, float("inf")),
    )


def end(turn: Turn, outcome: Outcome = Outcome.OK, cost_micros: int = 7) -> None:
    receipt = Receipt(
        service="text", command="answer", accepted_at=1.0, outcome=outcome, cost_micros=cost_micros
    )
    turn.record = TurnRecord(state=TurnState.SENT, chat_id=turn.chat_id, receipt=receipt)


def admitted(quotas: Quotas, turns: list[Turn]) -> list[Turn]:
    taken = []
    for turn in turns:
        try:
            quotas.spend(turn, Measure.MESSAGES, 1)
        except QuotaExceeded:
            continue
        taken.append(turn)
    return taken


async def test_two_hundred_at_once_get_exactly_the_limit_though_the_speaker_dies(house: House) -> None:
    turns = [turn_of(number) for number in range(200)]
    async with open_register(house.nats, bot_id=house.bot_id, replicas=1) as register:
        former = await house.speaker(register)
        taken = admitted(former, turns)
        assert len(taken) == 100
        # It dies with half of them kept, a quarter answered of which some were settled, none acknowledged.
        for turn in taken[:25]:
            end(turn)
        await asyncio.gather(*(former.close(turn) for turn in taken[:50]))
        successor = await house.speaker(register)
        # All come again, in another order.
        again = admitted(successor, [*taken[25:], *turns[100:]])
        for turn in again:
            end(turn)
        await asyncio.gather(*(successor.close(turn) for turn in [*taken[:25], *again]))
        last = await house.speaker(register)
        used = {(use.measure, use.period): use.used for use in last.uses_of(7)}
        assert used[Measure.MESSAGES, Period.DAY] == used[Measure.MESSAGES, Period.MONTH] == 100
        assert used[Measure.COST_MICROS, Period.MONTH] == 700
        assert not admitted(last, [turn_of(500)])


async def test_what_came_to_nothing_is_given_back(house: House) -> None:
    async with open_register(house.nats, bot_id=house.bot_id, replicas=1) as register:
        quotas = await house.speaker(register)
        for number in range(150):
            turn = turn_of(number)
            quotas.spend(turn, Measure.MESSAGES, 1)
            end(turn, Outcome.ERROR, cost_micros=0)
            await quotas.close(turn)
        assert quotas.uses_of(7)[0].used == 0


async def test_limits_change_at_run_time_and_a_group_has_its_own(house: House) -> None:
    async with open_register(house.nats, bot_id=house.bot_id, replicas=1) as register:
        quotas = await house.speaker(register)
        await register.set_standing(7, Standing(plan="pro"))
        assert len(admitted(quotas, [turn_of(number) for number in range(200)])) == 120
        await register.set_standing(7, Standing(plan="pro", limits={"messages_per_day": 121}))
        assert len(admitted(quotas, [turn_of(number) for number in range(200, 300)])) == 1
        crowd = [turn_of(number, user_id=10 + number % 5, chat_id=-9) for number in range(200)]
        assert len(admitted(quotas, crowd)) == 150
        with pytest.raises(QuotaExceeded) as refused:
            quotas.spend(turn_of(999, user_id=60, chat_id=-9), Measure.MESSAGES, 1)
        assert refused.value.metadata == {
            "quota": "group_messages_per_day",
            "scope": "group",
            "limit": "150",
            "used": "150",
        }
        # Midnight in Moscow.
        assert refused.value.retry_after_seconds == 3600


async def test_a_turn_that_turns_out_larger_takes_only_what_it_lacks(house: House) -> None:
    async with open_register(house.nats, bot_id=house.bot_id, replicas=1) as register:
        quotas, turn = await house.speaker(register), turn_of(1)
        await register.set_standing(7, Standing(limits={"pages_per_day": 30}))
        for so_far in (10, 10, 25):
            quotas.spend(turn, Measure.PAGES, so_far)
        with pytest.raises(QuotaExceeded):
            quotas.spend(turn, Measure.PAGES, 31)
        end(turn, cost_micros=0)
        await quotas.close(turn)
        used = {(use.measure, use.period): use.used for use in quotas.uses_of(7)}
        assert used[Measure.PAGES, Period.DAY] == 25


async def test_an_account_that_has_expired_meanwhile_is_written_anew(house: House) -> None:
    async with open_register(house.nats, bot_id=house.bot_id, replicas=1) as register:
        quotas = await house.speaker(register)
        for number in range(2):
            turn = turn_of(number)
            quotas.spend(turn, Measure.MESSAGES, 1)
            await quotas.secure(turn)
            await house.nats.js.purge_stream("KV_quotas", subject=f"$KV.quotas.{house.bot_id}.7")
        await quotas.secure(turn_of(2))
        quotas.spend(turn_of(2), Measure.MESSAGES, 1)
        await quotas.secure(turn_of(2))
        assert (await house.speaker(register)).uses_of(7)[0].used == 3
