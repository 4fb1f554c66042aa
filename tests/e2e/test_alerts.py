import asyncio
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import pytest
import pytest_asyncio
from quartet.admin.v1.alert_events_pb2 import AlertCleared, AlertKind, AlertRaised

from services.admin.watch.watch import SUBJECTS, ensure_admin_events
from services.chassis.events import Publisher
from services.chassis.jetstream import connect
from services.sandbox.vendor.faults import FaultKind
from tests.support.openai import OpenAIStandIn
from tests.support.stack import Stack
from tests.support.telegram import SandboxTelegram

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADMINS: Final = (900_001, 900_002)
RESENT: Final = ("прийти дважды", "come twice")


@pytest_asyncio.fixture(loop_scope="session")
async def guarded(lonely_stack: Stack) -> AsyncIterator[Stack]:
    """With a gateway that knows who the admins are."""
    gateway = await lonely_stack.start_gateway(ADMIN_IDS=",".join(map(str, ADMINS)))
    yield lonely_stack
    await gateway.stop()


async def told(telegram: SandboxTelegram, admin: int, sentence: str) -> int:
    """How often an admin was told; what a kill left in doubt comes again, marked as such."""
    texts = await telegram.texts(admin)
    return sum(sentence in text and not any(mark in text for mark in RESENT) for text in texts)


async def test_a_vendor_out_of_money_is_told_to_each_admin_once_and_so_is_its_recovery(
    guarded: Stack,
) -> None:
    async with aiohttp.ClientSession() as session, SandboxTelegram(guarded.telegram_url) as telegram:
        openai = OpenAIStandIn(session, guarded.openai_url)
        russian, english = [
            await telegram.have_user(admin, "Admin", language)
            for admin, language in zip(ADMINS, ("ru", "en"), strict=True)
        ]
        for admin in ADMINS:
            await telegram.send(admin, "/start")
            await telegram.wait_for_reply(admin)
        users = [await telegram.add_user(f"User {number}", "ru") for number in range(6)]
        await openai.fail(FaultKind.OUT_OF_FUNDS, times=10_000)
        for user in users[:3]:
            await telegram.send(user, "вопрос")
        await telegram.wait_for_reply(russian, contains="закончились деньги")
        await guarded.kill("gateway")
        for user in users[3:]:
            await telegram.send(user, "вопрос")
        await guarded.restart("gateway")
        await telegram.wait_for_reply(english, contains="run out of money", timeout_seconds=20)
        for user in users:
            await telegram.wait_for_reply(user, contains="закончились средства", timeout_seconds=20)
        await openai.work_again()
        await _ask_until_answered(telegram, users[0])
        await telegram.wait_for_reply(russian, contains="OpenAI снова отвечает")
        await telegram.wait_for_reply(english, contains="OpenAI answers again")
        assert await told(telegram, russian, "закончились деньги") == 1
        assert await told(telegram, english, "run out of money") == 1
        for user in users:
            assert "OpenAI" not in str(await telegram.texts(user))


async def test_what_admin_notices_reaches_each_admin_with_a_button_to_the_place(guarded: Stack) -> None:
    place = "https://panel.example/failures"
    async with (
        SandboxTelegram(guarded.telegram_url) as telegram,
        connect(guarded.nats_url, name="admin") as nats,
    ):
        russian = ADMINS[0]
        if russian not in {user["id"] for user in await telegram.users()}:
            await telegram.have_user(russian, "Admin", "ru")
            await telegram.send(russian, "/start")
            await telegram.wait_for_reply(russian)
        await ensure_admin_events(nats.js, replicas=1)
        publisher = Publisher(nats.js, source="/quartet/admin")
        raised = AlertRaised(kind=AlertKind.ALERT_KIND_ERROR_RATE, value=33.4, limit=20, url=place)
        for _ in range(2):
            await publisher.publish(f"{SUBJECTS}.alert_raised", raised, event_id="error_rate.0")
        told_of = await telegram.wait_for_reply(russian, contains="33 % запросов", timeout_seconds=20)
        assert told_of["reply_markup"]["inline_keyboard"][0][0]["url"] == place
        cleared = AlertCleared(kind=AlertKind.ALERT_KIND_ERROR_RATE)
        await publisher.publish(f"{SUBJECTS}.alert_cleared", cleared, event_id="error_rate.1")
        await telegram.wait_for_reply(russian, contains="Запросы снова удаются")
        assert await told(telegram, russian, "33 % запросов") == 1


async def _ask_until_answered(telegram: SandboxTelegram, user: int) -> None:
    """The vendor is tried again when its pause is over; until then questions fail as before."""
    async with asyncio.timeout(20):
        while True:
            mark = telegram.mark()
            await telegram.send(user, "ответь")
            if "Песочница" in (await telegram.wait_for_reply(user, after=mark))["text"]:
                return
