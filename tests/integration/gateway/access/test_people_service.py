import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

import grpc
import pytest
from prometheus_client import CollectorRegistry
from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import people_service_pb2 as pb
from quartet.gateway.v1.people_service_pb2_grpc import (
    PeopleServiceStub,
    add_PeopleServiceServicer_to_server,
)

from services.chassis.interceptors import ServerEdge
from services.chassis.jetstream import Nats
from services.chassis.roles import Admins
from services.chassis.telemetry.metrics import ServerMetrics
from services.gateway.access.gate import Gate, Refusal
from services.gateway.access.people_servicer import PeopleServicer
from services.gateway.access.register import Register, open_register
from services.gateway.bookkeeping.directory import open_directory
from services.gateway.bookkeeping.keyring import Keyring
from services.gateway.quotas.ledger import quotas_bucket
from services.gateway.quotas.plan import Plan
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.statement import Statements

if TYPE_CHECKING:
    from quartet.gateway.v1.people_service_pb2_grpc import PeopleServiceAsyncStub

Stub: TypeAlias = "PeopleServiceAsyncStub"

OPERATOR, ANALYST, USER, GROUP = 1, 2, 70, -700
ADMINS = Admins(operators=frozenset({OPERATOR}), analysts=frozenset({ANALYST}))
KEYRING = Keyring(b"people")
USUAL = Plan(
    user={"pictures_per_day": 5},
    total={"cost_micros_per_day": 9_000_000},
    plans={"pro": {"pictures_per_day": 50}},
    roles={"owner": {}},
)
ACTOR = Actor(user_id=OPERATOR)


@pytest.fixture
async def registers(nats: Nats) -> AsyncIterator[tuple[Register, Register]]:
    """Two replicas of one bot."""
    bot_id = secrets.randbelow(10**9)
    async with (
        open_register(nats, bot_id=bot_id, replicas=1) as one,
        open_register(nats, bot_id=bot_id, replicas=1) as other,
    ):
        yield one, other


@pytest.fixture
async def people(nats: Nats, registers: tuple[Register, Register]) -> AsyncIterator[Stub]:
    policy = Policy(USUAL, registers[0], ZoneInfo("Europe/Moscow"))
    statements = Statements(nats.js, await quotas_bucket(nats, replicas=1), policy, bot_id=1)
    directory = await open_directory(nats, replicas=1)
    await directory.note(11, USER, 12, GROUP)
    await directory.note(KEYRING.user(USER), USER, KEYRING.chat(USER), USER, "ru")
    servicer = PeopleServicer(registers[0], policy, statements, directory, KEYRING, ADMINS)
    server = grpc.aio.server(interceptors=[ServerEdge(ServerMetrics(CollectorRegistry()))])
    add_PeopleServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as opened:
        yield PeopleServiceStub(opened)
    await server.stop(None)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(1.0):
        while not is_so():  # noqa: ASYNC110 - a replica tells nobody that it has heard
            await asyncio.sleep(0.01)


async def test_a_ban_is_obeyed_by_every_replica_within_a_second_and_can_be_taken_back(
    people: Stub, registers: tuple[Register, Register]
) -> None:
    gate = Gate(registers[1], ADMINS, flood_updates=40)
    for is_banned, wanted in ((True, Refusal.BANNED), (False, None)):
        subject = pb.Subject(id=USER, standing=pb.Standing(is_banned=is_banned))
        await people.SetPerson(pb.SetPersonRequest(actor=ACTOR, subject=subject))
        await until(partial(_refuses, gate, wanted))


def _refuses(gate: Gate, wanted: Refusal | None) -> bool:
    return gate.refuse(USER, GROUP, 0.0) is wanted


async def test_the_focus_group_is_known_to_every_replica_by_person_and_by_group(
    people: Stub, registers: tuple[Register, Register]
) -> None:
    gate = Gate(registers[1], ADMINS, flood_updates=40)
    for one in (USER, GROUP):
        subject = pb.Subject(id=one, standing=pb.Standing(is_in_focus_group=True))
        await people.SetPerson(pb.SetPersonRequest(actor=ACTOR, subject=subject))
    await until(lambda: gate.is_in_focus_group(USER, USER) and gate.is_in_focus_group(USER + 1, GROUP))
    assert not gate.is_in_focus_group(USER + 1, USER + 1)


async def test_maintenance_is_for_all_but_admins(people: Stub, registers: tuple[Register, Register]) -> None:
    gate = Gate(registers[1], ADMINS, flood_updates=40)
    await people.SetMode(pb.SetModeRequest(actor=ACTOR, is_in_maintenance=True))
    await until(partial(_refuses, gate, Refusal.MAINTENANCE))
    assert gate.refuse(ANALYST, ANALYST, 0.0) is None
    assert (await people.GetMode(pb.GetModeRequest(actor=ACTOR))).is_in_maintenance


async def test_in_allow_list_mode_a_group_on_the_list_lets_its_people_in(
    people: Stub, registers: tuple[Register, Register]
) -> None:
    gate = Gate(registers[1], ADMINS, flood_updates=40)
    await people.SetMode(pb.SetModeRequest(actor=ACTOR, is_allow_list_on=True))
    await until(partial(_refuses, gate, Refusal.STRANGER))
    subject = pb.Subject(id=GROUP, standing=pb.Standing(is_allowed=True))
    await people.SetPerson(pb.SetPersonRequest(actor=ACTOR, subject=subject))
    await until(partial(_refuses, gate, None))


async def test_limits_are_set_and_shown_and_keys_lead_to_people(people: Stub) -> None:
    standing = pb.Standing(limits={"messages_per_month": 9}, time_zone="Asia/Vladivostok")
    await people.SetPerson(pb.SetPersonRequest(actor=ACTOR, subject=pb.Subject(id=USER, standing=standing)))
    told = await people.GetPerson(pb.GetPersonRequest(actor=ACTOR, id=USER))
    assert {use.name: use.limit for use in told.uses} == {"messages_per_month": 9, "pictures_per_day": 5}
    assert told.subject.standing == standing
    found = await people.ResolveKeys(pb.ResolveKeysRequest(actor=ACTOR, keys=[11, 12, 13]))
    assert [(each.key, each.id) for each in found.keys] == [(11, USER), (12, GROUP)]


async def test_a_person_is_found_with_what_analysts_call_them_and_when_they_were_last_heard_of(
    people: Stub,
) -> None:
    told = await people.GetPerson(pb.GetPersonRequest(actor=ACTOR, id=USER))
    assert told.user_key == KEYRING.user(USER)
    assert abs(told.hear_time.seconds - time.time()) < 60
    assert told.language_code == "ru"
    stranger = await people.GetPerson(pb.GetPersonRequest(actor=ACTOR, id=USER + 1))
    assert not stranger.HasField("hear_time")


@pytest.mark.parametrize(
    ("kind", "standing"),
    [
        (pb.STANDING_KIND_BANNED, pb.Standing(is_banned=True)),
        (pb.STANDING_KIND_ALLOWED, pb.Standing(is_allowed=True)),
        (pb.STANDING_KIND_FOCUS_GROUP, pb.Standing(is_in_focus_group=True)),
        (pb.STANDING_KIND_PLAN, pb.Standing(plan="pro")),
        (pb.STANDING_KIND_OWN_LIMITS, pb.Standing(limits={"pages_per_day": 1})),
    ],
)
async def test_people_are_listed_by_what_is_set_of_them(
    people: Stub, kind: pb.StandingKind.ValueType, standing: pb.Standing
) -> None:
    for subject in (pb.Subject(id=USER, standing=standing), pb.Subject(id=USER + 1)):
        await people.SetPerson(pb.SetPersonRequest(actor=ACTOR, subject=subject))
    found = await people.ListPeople(pb.ListPeopleRequest(actor=ACTOR, kind=kind))
    assert [each.id for each in found.subjects] == [USER]
    everyone = await people.ListPeople(pb.ListPeopleRequest(actor=ACTOR))
    assert [each.id for each in everyone.subjects] == [USER + 1, USER]


async def test_the_limits_of_the_house_are_told_with_what_was_set_since(people: Stub) -> None:
    for plan, limits in (("", {"cost_micros_per_day": 7}), ("beta", {"pages_per_day": 3})):
        await people.SetLimits(pb.SetLimitsRequest(actor=ACTOR, plan=plan, limits=limits))
    told = await people.GetLimits(pb.GetLimitsRequest(actor=ACTOR))
    assert [(each.scope, each.name, dict(each.configured), dict(each.set)) for each in told.sets] == [
        (pb.LIMIT_SCOPE_USER, "", {"pictures_per_day": 5}, {}),
        (pb.LIMIT_SCOPE_GROUP, "", {}, {}),
        (pb.LIMIT_SCOPE_ROLE, "owner", {}, {}),
        (pb.LIMIT_SCOPE_PLAN, "beta", {}, {"pages_per_day": 3}),
        (pb.LIMIT_SCOPE_PLAN, "pro", {"pictures_per_day": 50}, {}),
        (pb.LIMIT_SCOPE_TOTAL, "", {"cost_micros_per_day": 9_000_000}, {"cost_micros_per_day": 7}),
    ]
    assert {use.name: use.limit for use in told.uses} == {"cost_micros_per_day": 7}


async def test_only_operators_are_answered_and_what_is_wrong_is_named(people: Stub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await people.GetMode(pb.GetModeRequest(actor=Actor(user_id=ANALYST)))
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await people.SetLimits(pb.SetLimitsRequest(actor=ACTOR, limits={"wishes_per_day": 3}))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_flood_is_told_once_and_ends_by_itself(registers: tuple[Register, Register]) -> None:
    gate = Gate(registers[0], ADMINS, flood_updates=5)
    told = [gate.refuse(USER, USER, 100.0 + number) for number in range(7)]
    assert told == [None] * 5 + [Refusal.FLOOD, Refusal.FLOOD_GOES_ON]
    assert gate.refuse(USER, USER, 130.0) is None
