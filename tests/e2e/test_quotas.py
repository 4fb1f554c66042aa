import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from quartet.common.v1.actor_pb2 import Actor
from quartet.common.v1.usage_events_pb2 import LimitRefused
from quartet.gateway.v1 import people_service_pb2 as pb
from quartet.gateway.v1.people_service_pb2_grpc import PeopleServiceStub

from services.chassis.client import channel
from services.chassis.jetstream import connect
from tests.support.openai import OpenAIStandIn
from tests.support.stack import Stack, running_stack
from tests.support.telegram import SandboxTelegram
from tests.support.usage_taken import taking_usage

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPERATOR: Final = 900_004
LIMIT: Final = 100
CROWD: Final = 200
GATEWAYS: Final = ("gateway", "gateway-2")
PATIENCE_SECONDS: Final = 40.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A Quartet with two gateways, which answers a hundred messages a day in all."""
    opened = running_stack(
        tmp_path_factory.mktemp("limited-stack"),
        gateways=2,
        QUOTAS=json.dumps({"total": {"messages_per_day": LIMIT}}),
        OPERATOR_IDS=str(OPERATOR),
    )
    async with opened as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="module")
async def telegram(stack: Stack) -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(stack.telegram_url) as telegram:
        yield telegram


@pytest_asyncio.fixture(loop_scope="module")
async def people(stack: Stack) -> AsyncIterator[Any]:
    """PeopleService of the gateway that does not speak: any replica answers."""
    async with channel(stack.grpc_target(await _silent(stack))) as opened:
        yield PeopleServiceStub(opened)


async def test_a_ban_holds_within_a_second_wherever_it_was_set(
    stack: Stack, telegram: SandboxTelegram, people: Any
) -> None:
    actor, user_id = Actor(user_id=OPERATOR), await telegram.add_user("Анна", "ru")
    banned = pb.Subject(id=user_id, standing=pb.Standing(is_banned=True, ban_reason="spam"))
    await people.SetPerson(pb.SetPersonRequest(actor=actor, subject=banned))
    await asyncio.sleep(1.0)  # what is promised
    await telegram.send(user_id, "/help")
    # Whoever wrote later has been answered: the one before has been passed over.
    other = await telegram.add_user("Вера", "ru")
    await telegram.send(other, "/help")
    await telegram.wait_for_reply(other)
    await people.SetPerson(pb.SetPersonRequest(actor=actor, subject=pb.Subject(id=user_id)))
    await asyncio.sleep(1.0)
    await telegram.send(user_id, "/new")
    # The first that is said is about what was sent after the ban.
    reply = await telegram.wait_for_reply(user_id)
    assert "Начинаем заново" in reply["text"]


async def test_under_maintenance_people_are_told_so(
    stack: Stack, telegram: SandboxTelegram, people: Any
) -> None:
    actor, user_id = Actor(user_id=OPERATOR), await telegram.add_user("Борис", "ru")
    await people.SetMode(pb.SetModeRequest(actor=actor, is_in_maintenance=True))
    try:
        await asyncio.sleep(1.0)
        await telegram.send(user_id, "вопрос")
        reply = await telegram.wait_for_reply(user_id)
    finally:
        await people.SetMode(pb.SetModeRequest(actor=actor))
    assert "на обслуживании" in reply["text"]
    used = (await people.GetPerson(pb.GetPersonRequest(actor=actor, id=user_id))).uses
    assert not used


async def test_two_hundred_at_once_get_exactly_the_limit_though_the_speaker_is_killed(
    stack: Stack, telegram: SandboxTelegram
) -> None:
    async with aiohttp.ClientSession() as session:
        await OpenAIStandIn(session, stack.openai_url).pace(first_token_ms=20, tokens_per_second=1000)
    await asyncio.sleep(1.0)
    async with connect(stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        users = [await telegram.add_user(f"Гость {number}", "ru") for number in range(CROWD)]
        await asyncio.gather(*(telegram.send(user_id, "вопрос") for user_id in users))
        await telegram.wait_for_reply(users[CROWD // 4], timeout_seconds=PATIENCE_SECONDS)
        await stack.kill(await _speaker(stack))
        replies = await asyncio.gather(
            *(telegram.wait_for_reply(user_id, timeout_seconds=PATIENCE_SECONDS) for user_id in users)
        )
        refused = [reply for reply in replies if "лимит" in reply["text"].lower()]
        assert len(refused) == CROWD - LIMIT
        late = await telegram.add_user("Опоздавший", "ru")
        await telegram.send(late, "вопрос")
        assert "лимит" in (await telegram.wait_for_reply(late))["text"].lower()
        told = await taken.until(LimitRefused, CROWD - LIMIT + 1)
    assert {each.quota for each in told} == {"total_messages_per_day"}
    assert len(told) == CROWD - LIMIT + 1


async def _speaker(stack: Stack) -> str:
    async with aiohttp.ClientSession() as session:
        for name in GATEWAYS:
            async with session.get(stack.metrics_url(name)) as response:
                if "quartet_gateway_speaking 1.0" in await response.text():
                    return name
    raise AssertionError("nobody speaks")


async def _silent(stack: Stack) -> str:
    speaker = await _speaker(stack)
    return next(name for name in GATEWAYS if name != speaker)
