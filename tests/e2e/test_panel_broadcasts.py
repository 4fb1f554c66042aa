import base64
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
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP8z8DAwMAAAAYIAQHLR3Z1AAAAAElFTkSuQmCC"
)


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


async def test_an_operator_looks_at_a_broadcast_orders_and_pauses_it(
    house: tuple[PanelProcess, Deliveries], browser: Browser
) -> None:
    panel, deliveries = house
    async with panel.visit(browser, OPERATOR, "/broadcasts", size=PHONE) as page:
        await page.locator("textarea[name=markdown]").fill(
            "**Новости** <i>дня</i> 🎉 [тут](https://example.org/)"
        )
        await page.locator("input[name=button_text_0]").fill("Читать")
        await page.locator("input[name=button_url_0]").fill("https://example.org/a")
        await page.locator("input[name=button_text_1]").fill("Позже")
        await page.locator("input[name=button_url_1]").fill("https://example.org/b")
        await page.locator("input[name=picture]").set_input_files(
            {"name": "p.png", "mimeType": "image/png", "buffer": PICTURE}
        )
        await page.locator("button[value=preview]").click()
        preview = page.locator("[data-preview]")
        await expect(preview).to_contain_text("Получателей: 3")
        await expect(preview.locator("b")).to_have_text("Новости")
        await expect(preview.locator(".said")).to_contain_text("<i>дня</i> 🎉 тут")
        assert await preview.locator("img").evaluate("image => image.naturalWidth") == 2
        assert await preview.locator("a.button").all_inner_texts() == ["Читать", "Позже"]
        # Whoever changes it looks at it again before it goes out.
        await page.locator("textarea[name=user_keys]").fill("22, 24")
        await page.locator("button[value=all]").click()
        await expect(preview).to_contain_text("Получателей: 2")
        await page.locator("button[value=all]").click()
        await expect(page.locator("main")).to_contain_text("идёт")
        delivery_id = await page.locator("input[name=delivery_id]").first.get_attribute("value") or ""
        order = await deliveries.ledger.order(delivery_id)
        assert (order.audience.user_keys, order.picture) == ((22, 24), PICTURE)
        assert [button.text for button in order.buttons] == ["Читать", "Позже"]
        await page.get_by_role("button", name="Приостановить").click()
        await expect(page.locator("main")).to_contain_text("на паузе")
        assert (await deliveries.ledger.order(delivery_id)).course is Course.PAUSED


async def test_an_sql_query_chooses_who_gets_it_and_nothing_else(
    house: tuple[PanelProcess, Deliveries], browser: Browser
) -> None:
    panel, _deliveries = house
    async with panel.visit(browser, OPERATOR, "/broadcasts") as page:
        await page.locator("textarea[name=markdown]").fill("Новости")
        await page.locator("textarea[name=sql]").fill("SELECT user_key FROM v_requests")
        await page.locator("button[value=preview]").click()
        await expect(page.get_by_role("alert")).to_have_text("Запрос никого не назвал.")
        await page.locator("textarea[name=sql]").fill("SELECT toUInt64(arrayJoin([22, 26, 99])) AS user_key")
        await page.locator("button[value=preview]").click()
        await expect(page.locator("[data-preview]")).to_contain_text("Получателей: 2")
        await page.locator("textarea[name=sql]").fill("SELECT 22 AS user_key, 1 AS more")
        await page.locator("button[value=preview]").click()
        await expect(page.get_by_role("alert")).to_contain_text("один столбец")
        await expect(page.locator("textarea[name=markdown]")).to_have_value("Новости")
