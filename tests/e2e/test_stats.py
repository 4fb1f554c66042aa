from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from services.chassis.events import Publisher
from services.chassis.jetstream import connect
from services.chassis.usage import UsagePublisher, ensure_usage_stream
from services.chassis.usage.publisher import UsageMetrics
from services.chassis.usage.stream import STREAM
from tests.support.admin_service import AdminProcess, admin_process
from tests.support.stack import Stack
from tests.support.telegram import SandboxTelegram
from tests.support.usage_stream import publish, requests, until_all_is_settled

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANALYST: Final = 900_031
REQUESTS: Final = 40
PNG: Final = b"\x89PNG"


@pytest_asyncio.fixture(loop_scope="session")
async def admin(lonely_stack: Stack, tmp_path: Path) -> AsyncIterator[AdminProcess]:
    """With a gateway and an admin service that know an analyst, and requests to count."""
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(lonely_stack.nats_url, name="test"))
        await ensure_usage_stream(nats.js, replicas=1)
        # What others have asked this stack before is no part of what is counted here.
        await nats.js.purge_stream(STREAM)
        running = await stack.enter_async_context(
            admin_process(lonely_stack.nats_url, tmp_path, ANALYST_IDS=str(ANALYST))
        )
        publisher = Publisher(nats.js, source="/quartet/test")
        usage = UsagePublisher(publisher, UsageMetrics(CollectorRegistry()), environment="test", release="v1")
        await publish(usage, requests(REQUESTS))
        await until_all_is_settled(nats)
        gateway = await lonely_stack.start_gateway(
            ANALYST_IDS=str(ANALYST), ADMIN_TARGET=f"dns:///127.0.0.1:{running.grpc_port}"
        )
        yield running
        await gateway.stop()


async def test_an_analyst_sees_figures_and_charts_in_telegram_and_others_nothing(
    lonely_stack: Stack, admin: AdminProcess
) -> None:
    async with SandboxTelegram(lonely_stack.telegram_url) as telegram:
        analyst = await telegram.have_user(ANALYST, "Анна", "ru")
        stranger = await telegram.add_user("Bob", "en")

        await telegram.send(analyst, "/stats week")
        reply = await telegram.wait_for_reply(analyst, contains="За 7 дней", timeout_seconds=30)
        assert f"Запросы: {REQUESTS}" in reply["caption"]
        assert (await telegram.download(reply["photo"][-1]["file_id"])).startswith(PNG)

        (day, *_), *_ = reply["reply_markup"]["inline_keyboard"]
        await telegram.press(analyst, reply["message_id"], day["callback_data"])
        edited = await telegram.wait_for_reply(analyst, contains="За сутки", timeout_seconds=30)
        assert edited["message_id"] == reply["message_id"]

        await telegram.send(stranger, "/stats")
        await telegram.wait_for_reply(stranger, contains="/stats")

        await telegram.send(analyst, "/admin")
        menu = await telegram.wait_for_reply(analyst, contains="Управление ботом")
        # What concerns people is for operators.
        (today, panel), (alerts,) = menu["reply_markup"]["inline_keyboard"]
        assert "Тревог" in alerts["text"]
        mark = telegram.mark()
        await telegram.press(analyst, menu["message_id"], today["callback_data"])
        await telegram.wait_for_reply(analyst, contains="За сутки", after=mark, timeout_seconds=30)
        await telegram.press(analyst, menu["message_id"], panel["callback_data"])
        doors = await telegram.wait_for_reply(analyst, contains="/enter#")
        assert "один раз" in doors["text"]
        await telegram.send(stranger, "/admin")
        unknown = await telegram.wait_for_reply(stranger, contains="/admin")
        assert "/enter" not in unknown["text"]
