import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from playwright.async_api import Browser, Page, expect
from prometheus_client import CollectorRegistry
from quartet.admin.v1 import access_service_pb2 as pb
from quartet.admin.v1.access_service_pb2_grpc import AccessServiceStub
from quartet.common.v1.actor_pb2 import Actor
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.usage_events_pb2 import ModelCalled, RequestFinished, UsageHeader, UsageOutcome

from services.chassis.client import channel
from services.chassis.events import Publisher
from services.chassis.jetstream import connect
from services.chassis.usage import UsageEvent, UsagePublisher, request_id, usage_id
from services.chassis.usage.publisher import UsageMetrics
from services.sandbox.telegram.mini_app import sign_init_data
from services.sandbox.telegram.people import User
from tests.support.admin_service import AdminProcess, admin_process
from tests.support.ports import free_port
from tests.support.usage_stream import publish, until_all_is_settled

OWNER, OPERATOR, ANALYST, STRANGER = 1001, 1002, 1003, 1004
BOT_ID: Final = 1000000001
SANDBOX_PUBLIC_KEY: Final = "38c438a6749e87f2f94ef96bf037e08533c9c421b841dee324c5fd9017674ed5"
TRACE_ID: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
USER_KEY: Final = 0xFEDC_BA98_7654_3210
WIDE: Final = (1280, 860)
PHONE: Final = (390, 844)


class PanelProcess:
    """The admin service with its panel, and the ways into it."""

    def __init__(self, admin: AdminProcess, url: str) -> None:
        self.admin = admin
        self.url = url

    async def link(self, user_id: int) -> str:
        """Ask for a one-time link as the gateway does. Raises QuartetError."""
        async with channel(f"ipv4:127.0.0.1:{self.admin.grpc_port}") as opened:
            request = pb.CreateLinkRequest(actor=Actor(user_id=user_id))
            response = await AccessServiceStub(opened).CreateLink(request, wait_for_ready=True)
        return str(response.url)

    def init_data(self, user_id: int, *, auth_date: int | None = None, bot_id: int = BOT_ID) -> str:
        """What Telegram's stand-in signs for somebody who opens the Mini App."""
        return sign_init_data(User(user_id, "Анна"), bot_id, auth_date=auth_date)

    @asynccontextmanager
    async def visit(
        self,
        browser: Browser,
        user_id: int,
        path: str = "/",
        *,
        size: tuple[int, int] = WIDE,
        locale: str = "ru-RU",
        dark: bool = False,
    ) -> AsyncIterator[Page]:
        """Open a page as an admin who has come in by a link. Errors of its scripts fail the test."""
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            color_scheme="dark" if dark else "light",
        )
        errors: list[str] = []
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        try:
            await page.goto(await self.link(user_id))
            await expect(page).to_have_url(re.compile(re.escape(self.url) + "/$"))
            await expect(page.locator("main h1")).to_be_attached()
            if path != "/":
                await page.goto(self.url + path)
            yield page
            assert errors == []
        finally:
            await context.close()


@asynccontextmanager
async def panel_process(nats_url: str, folder: Path, **variables: str) -> AsyncIterator[PanelProcess]:
    """Run the service with an owner, an operator and an analyst."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "PANEL_PORT": str(port),
        "PANEL_URL": url,
        "ADMIN_IDS": str(OWNER),
        "OPERATOR_IDS": str(OPERATOR),
        "ANALYST_IDS": str(ANALYST),
        "TELEGRAM_BOT_ID": str(BOT_ID),
        "TELEGRAM_PUBLIC_KEY": SANDBOX_PUBLIC_KEY,
        **variables,
    }
    async with admin_process(nats_url, folder, **settings) as admin:
        yield PanelProcess(admin, url)


def failed_request(turn_id: str, reason: ErrorReason.ValueType) -> list[UsageEvent]:
    """A request of a minute ago that failed, and the vendor's refusal behind it."""
    happened = Timestamp()
    happened.FromDatetime(datetime.now(UTC) - timedelta(minutes=1))
    request = RequestFinished(
        header=UsageHeader(event_id=request_id(turn_id), happen_time=happened),
        service="text",
        command="ask",
        user_key=USER_KEY,
        outcome=UsageOutcome.USAGE_OUTCOME_ERROR,
        error_reason=reason,
        provider="openai",
        model="gpt-6-luna",
        total_ms=1500,
        trace_id=TRACE_ID,
    )
    call = ModelCalled(
        header=UsageHeader(event_id=usage_id(turn_id, "call"), happen_time=happened),
        request_id=request_id(turn_id),
        service="text",
        operation="reply",
        provider="openai",
        model="gpt-6-luna",
        attempt=1,
        outcome=UsageOutcome.USAGE_OUTCOME_ERROR,
        error_reason=reason,
        http_status=429,
        latency_ms=1200,
    )
    return [request, call]


async def tell(nats_url: str, events: list[UsageEvent]) -> None:
    """Publish what happened, and wait until it has been written."""
    async with connect(nats_url, name="test") as nats:
        publisher = Publisher(nats.js, source="/quartet/test")
        usage = UsagePublisher(publisher, UsageMetrics(CollectorRegistry()), environment="test", release="v1")
        await publish(usage, events)
        await until_all_is_settled(nats)
