import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp.test_utils import TestClient, TestServer
from nats.js.api import KeyValueConfig
from prometheus_client import CollectorRegistry

from services.chassis.environment import Environment
from services.chassis.errors import ResourceNotFound
from services.chassis.failpoints import FailpointReached, Failpoints
from services.chassis.jetstream import Nats, ensure_bucket
from services.gateway.bookkeeping.directory import Directory, open_directory
from services.gateway.broadcasts.deliveries import Deliveries, open_deliveries
from services.gateway.broadcasts.order import Audience, Button, ChatKind, Copy, Course, Fate, Order, Tally
from services.gateway.broadcasts.round import Round
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.lease import Tenure
from services.gateway.metrics import GatewayMetrics
from services.sandbox.telegram.app import build
from services.sandbox.telegram.settings import TelegramSandboxSettings

PEOPLE = 6
LETTER = Order(markdown="**News**: all is well", buttons=(Button(text="Read", url="https://example.org/"),))


class House:
    """The stand-in for Telegram with some people, and a ledger of deliveries of a bot of its own."""

    def __init__(self, client: TestClient[Any, Any], bot: Bot, nats: Nats, directory: Directory) -> None:
        self._client, self._bot, self._nats = client, bot, nats
        self.directory = directory
        self.bot_id = secrets.randbelow(10**9)
        self.people: list[int] = []
        self.delivery_id = secrets.token_hex(4)
        self.deliveries: Deliveries

    async def open(self) -> None:
        self.deliveries = await open_deliveries(self._nats, self.directory, bot_id=self.bot_id, replicas=1)
        for number in range(PEOPLE):
            user = await self.control("POST", "users", first_name=f"P{number}", language_code="en")
            await self.control("POST", "messages", user_id=user["id"], text="hello")
            self.people.append(user["id"])
            await self.heard(user["id"], "ru" if number % 2 else "en")

    async def heard(self, chat_id: int, language_code: str = "en") -> None:
        key = chat_id % 2**64
        await self.directory.note(
            2 * key % 2**64, abs(chat_id), (2 * key + 1) % 2**64, chat_id, language_code
        )

    async def control(self, verb: str, path: str, /, **body: Any) -> Any:
        async with self._client.request(verb, f"/control/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()

    async def got(self, user_id: int) -> list[dict[str, Any]]:
        view = await self.control("GET", f"chats/{user_id}/view?user_id={user_id}")
        return [message for message in view["messages"] if message["from"]["is_bot"]]

    async def fates(self) -> Counter[Fate]:
        copies = await self.deliveries.ledger.copies(self.delivery_id)
        return Counter(one.copy.fate for one in copies)

    async def place(self, **changes: Any) -> None:
        order = LETTER.model_copy(update={"messages_per_second": 1000} | changes)
        await self.deliveries.ledger.place(self.delivery_id, order)

    async def go(self, failpoints: str = "", closing: asyncio.Event | None = None) -> None:
        """One speaker's round; a failpoint ends it like a death, without a last word."""
        metrics = GatewayMetrics(CollectorRegistry())
        scheduler = Scheduler(self._bot, Tenure(1, float("inf")), metrics, messages_per_second=1000)
        points = Failpoints(failpoints, Environment.TEST)
        ledger, recipients = self.deliveries.ledger, self.deliveries.recipients
        going = Round(ledger, recipients, scheduler, points, closing or asyncio.Event())
        await going.go(self.delivery_id)


@asynccontextmanager
async def a_bot(url: str) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    yield Bot(TelegramSandboxSettings().sandbox_bot_token, session=session)
    await session.close()


@pytest.fixture
async def house(nats: Nats) -> AsyncIterator[House]:
    settings = TelegramSandboxSettings(sandbox_limits_enabled=False)
    async with TestClient(TestServer(build(settings))) as client:
        # Each test has people of its own: the directory is everyone's.
        await open_directory(nats, replicas=1)
        async with a_bot(str(client.make_url("")).rstrip("/")) as bot:
            bucket = await ensure_bucket(nats.js, KeyValueConfig(bucket="directory"))
            for key in await bucket.keys() if (await bucket.status()).values else []:
                await bucket.purge(key)
            opened = House(client, bot, nats, Directory(nats.js, bucket))
            await opened.open()
            yield opened


async def test_everyone_gets_a_delivery_once_with_its_button(house: House) -> None:
    await house.place()
    await house.go()
    await house.go()
    for person in house.people:
        (message,) = await house.got(person)
        assert message["text"] == "News: all is well"
        assert message["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://example.org/"
    assert await house.fates() == {Fate.DELIVERED: PEOPLE}
    assert (await house.deliveries.ledger.order(house.delivery_id)).course is Course.DONE


@pytest.mark.parametrize("edge", ["broadcast.intended", "broadcast.accepted", "broadcast.recorded"])
async def test_after_a_death_nobody_gets_it_twice_and_doubts_are_told(
    house: House, edge: str, tmp_path: Any
) -> None:
    await house.place()
    with pytest.raises(FailpointReached):
        await house.go(f"{edge}=error@{tmp_path / 'fired'}")
    await house.go()
    received = Counter([len(await house.got(person)) for person in house.people])
    fates = await house.fates()
    assert received[1] >= PEOPLE - 1
    assert set(received) <= {0, 1}
    assert fates[Fate.UNKNOWN] == (0 if edge == "broadcast.recorded" else 1)
    assert fates[Fate.DELIVERED] + fates[Fate.UNKNOWN] == PEOPLE


async def test_who_has_blocked_the_bot_is_skipped_until_heard_of_again(house: House) -> None:
    blocker = house.people[0]
    await house.control("POST", "block", user_id=blocker, blocked=True)
    await house.place()
    await house.go()
    assert await house.fates() == {Fate.BLOCKED: 1, Fate.DELIVERED: PEOPLE - 1}
    house.delivery_id = secrets.token_hex(4)
    await house.place()
    await house.go()
    assert await house.fates() == {Fate.SKIPPED: 1, Fate.DELIVERED: PEOPLE - 1}


async def test_a_segment_is_those_to_whom_everything_applies(house: House) -> None:
    await house.heard(-100_500)
    recipients = house.deliveries.recipients
    assert len(await recipients.of(Audience())) == PEOPLE + 1
    assert list(await recipients.of(Audience(chat_kind=ChatKind.GROUP))) == [-100_500]
    assert len(await recipients.of(Audience(language_code="ru", active_days=1))) == PEOPLE // 2
    keys = (2 * house.people[3], 2 * house.people[4], 1)
    assert set(await recipients.of(Audience(user_keys=keys))) == {house.people[3], house.people[4]}


async def test_a_cancelled_delivery_is_not_sent_and_a_sent_one_can_be_taken_back(house: House) -> None:
    await house.place()
    await house.deliveries.ledger.steer(house.delivery_id, Course.CANCELLED)
    await house.go()
    assert (await house.fates())[Fate.DELIVERED] == 0
    house.delivery_id = secrets.token_hex(4)
    await house.place()
    await house.go()
    await house.deliveries.ledger.steer(house.delivery_id, Course.RETRACTED)
    await house.go()
    assert await house.fates() == {Fate.DELETED: PEOPLE}
    assert not await house.got(house.people[0])


async def test_progress_is_told_as_it_stands_whenever_it_is_looked_at(house: House) -> None:
    progress = house.deliveries.progress
    await house.place(is_addressed=True)
    for person in house.people:
        await house.deliveries.ledger.enlist(house.delivery_id, person, Copy())
    pending = Tally(fate=Fate.PENDING, reason="", count=PEOPLE)
    assert await progress.of(house.delivery_id) == (Course.RUNNING, (pending,))
    one = (await house.deliveries.ledger.copies(house.delivery_id))[0]
    await house.deliveries.ledger.write(house.delivery_id, one, Copy(fate=Fate.BLOCKED, reason="why"))
    blocked = Tally(fate=Fate.BLOCKED, reason="why", count=1)
    left = pending.model_copy(update={"count": PEOPLE - 1})
    assert await progress.of(house.delivery_id) == (Course.RUNNING, (blocked, left))
    await house.go()
    delivered = Tally(fate=Fate.DELIVERED, reason="", count=PEOPLE - 1)
    assert await progress.of(house.delivery_id) == (Course.DONE, (blocked, delivered))
    await house.deliveries.ledger.steer(house.delivery_id, Course.RETRACTED)
    await house.go()
    deleted = Tally(fate=Fate.DELETED, reason="", count=PEOPLE - 1)
    assert await progress.of(house.delivery_id) == (Course.RETRACTED, (blocked, deleted))


async def test_who_is_forgotten_stands_in_no_delivery_and_gets_nothing_of_what_goes_on(house: House) -> None:
    one, blocker = house.people[:2]
    await house.control("POST", "block", user_id=blocker, blocked=True)
    await house.place()
    await house.go()
    kept = await house.deliveries.kept(blocker)
    assert kept["received"] == {house.delivery_id: Fate.BLOCKED}
    assert kept["blocked_at"] > 0
    await house.deliveries.forget(blocker)
    assert await house.deliveries.kept(blocker) == {"received": {}}
    house.delivery_id = secrets.token_hex(4)
    await house.place(is_addressed=True)
    await house.deliveries.ledger.enlist(house.delivery_id, one, Copy())
    copies = await house.deliveries.ledger.copies(house.delivery_id)
    await house.deliveries.forget(one)
    with pytest.raises(ResourceNotFound):
        await house.deliveries.ledger.write(house.delivery_id, copies[0], Copy(fate=Fate.INTENDED))
    await house.go()
    assert await house.fates() == {}
