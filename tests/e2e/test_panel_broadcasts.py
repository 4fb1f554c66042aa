from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from prometheus_client import CollectorRegistry

from services.chassis.jetstream import connect
from services.chassis.roles import RoleSettings
from services.chassis.server import serving
from services.gateway.bookkeeping.directory import open_directory
from services.gateway.broadcasts.deliveries import Deliveries, open_deliveries
from services.gateway.broadcasts.order import Course
from services.gateway.broadcasts.servicer import DeliveryServicer
from tests.support.nats import nats_server
from tests.support.panel import OPERATOR, PHONE, PanelProcess, panel_process
from tests.support.ports import free_port

pytest_plugins = ["tests.support.browser"]
pytestmark = pytest.mark.asyncio(loop_scope="module")

BOT_ID = 1000


@pytest.fixture(scope="module")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, nats_url: str
) -> AsyncIterator[tuple[PanelProcess, Deliveries]]:
    """The panel, and what the gateway serves to it; nobody speaks, so an order stays where it is."""
    settings = RoleSettings(
        admin_ids=frozenset(),
        operator_ids=frozenset({OPERATOR}),
        analyst_ids=frozenset(),
        grpc_port=free_port(),
        metrics_port=free_port(),
    )
    async with connect(nats_url, name="test") as nats:
        directory = await open_directory(nats, replicas=1)
        for person in (11, 12, 13):
            await directory.note(2 * person, person, 2 * person + 1, person, "ru")
        deliveries = await open_deliveries(nats, directory, bot_id=BOT_ID, replicas=1)
        served = [DeliveryServicer(deliveries, settings.admins).registration()]
        target = f"dns:///127.0.0.1:{settings.grpc_port}"
        folder: Path = tmp_path_factory.mktemp("panel")
        async with (
            serving(settings, served, checks={}, registry=CollectorRegistry()),
            panel_process(nats_url, folder, GATEWAY_TARGET=target) as panel,
        ):
            yield panel, deliveries


async def test_an_operator_counts_orders_and_pauses_a_broadcast(
    house: tuple[PanelProcess, Deliveries], browser: Browser
) -> None:
    panel, deliveries = house
    async with panel.visit(browser, OPERATOR, "/broadcasts", size=PHONE) as page:
        await page.locator("textarea[name=markdown]").fill("**Новости**")
        await page.locator("button[value=count]").click()
        await expect(page.locator("body")).to_contain_text("Получателей: 3")
        await page.locator("textarea[name=markdown]").fill("**Новости**")
        await page.locator("textarea[name=user_keys]").fill("22, 24")
        await page.locator("button[value=all]").click()
        await expect(page.locator("main")).to_contain_text("идёт")
        delivery_id = await page.locator("input[name=delivery_id]").first.get_attribute("value") or ""
        order = await deliveries.ledger.order(delivery_id)
        assert (order.markdown, order.audience.user_keys) == ("**Новости**", (22, 24))
        await page.get_by_role("button", name="Приостановить").click()
        await expect(page.locator("main")).to_contain_text("на паузе")
        assert (await deliveries.ledger.order(delivery_id)).course is Course.PAUSED
