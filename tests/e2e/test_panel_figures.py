import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from prometheus_client import CollectorRegistry

from services.chassis.events import Publisher
from services.chassis.jetstream import Nats, connect
from services.chassis.usage import UsagePublisher, ensure_usage_stream
from services.chassis.usage.publisher import UsageMetrics
from tests.support.nats import nats_server
from tests.support.panel import ANALYST, OWNER, PHONE, PanelProcess, panel_process
from tests.support.usage_stream import publish, requests, until_all_is_settled

pytest_plugins = ["tests.support.browser"]
pytestmark = pytest.mark.asyncio(loop_scope="module")

REQUESTS: Final = 40
PAGES: Final = ("traffic", "latency", "errors", "cost", "videos", "users", "quality")
ARE_DRAWN: Final = """async () => {
    const charts = [...document.querySelectorAll("img.chart")];
    for (const chart of charts) chart.loading = "eager";
    await Promise.all(charts.map((chart) => chart.decode()));
    return charts.every((chart) => chart.naturalWidth > 300 && chart.alt);
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nats(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nats]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        async with connect(server.url, name="test") as opened:
            await ensure_usage_stream(opened.js, replicas=1)
            yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def panel(nats: Nats, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PanelProcess]:
    async with panel_process(_url(nats), tmp_path_factory.mktemp("panel")) as running:
        await _happen(nats, "first")
        yield running


def _url(nats: Nats) -> str:
    assert nats.client.connected_url is not None
    return nats.client.connected_url.geturl()


async def _happen(nats: Nats, prefix: str) -> None:
    usage = UsagePublisher(
        Publisher(nats.js, source="/quartet/test"),
        UsageMetrics(CollectorRegistry()),
        environment="test",
        release="v1",
    )
    await publish(usage, requests(REQUESTS, prefix=prefix))
    await until_all_is_settled(nats)


async def _ask(page: Page, sql: str) -> None:
    await page.get_by_role("textbox").fill(sql)
    await page.get_by_role("button", name="Спросить").click()


async def test_figures_go_on_by_themselves_beside_charts(
    browser: Browser, panel: PanelProcess, nats: Nats
) -> None:
    async with panel.visit(browser, ANALYST) as page:
        figure = page.locator(".figure", has_text="Запросы").locator("dd")
        await expect(figure).to_contain_text(str(REQUESTS))
        assert await page.evaluate(ARE_DRAWN)

        numbers = page.get_by_role("link", name="Числа этого графика: Запросы по службам")
        async with page.expect_download() as download:
            await numbers.click()
        told = (await (await download.value).path()).read_text().splitlines()
        assert told[0] == "place,series,value"
        assert sum(float(line.split(",")[2]) for line in told[1:]) == REQUESTS

        await _happen(nats, "second")

        await expect(figure).to_contain_text(str(2 * REQUESTS), timeout=15_000)


async def test_every_page_of_figures_draws_its_charts_for_every_period(
    browser: Browser, panel: PanelProcess
) -> None:
    async with panel.visit(browser, OWNER, size=PHONE, locale="en-US", dark=True) as page:
        for name in PAGES:
            await page.goto(f"{panel.url}/figures/{name}")
            await page.get_by_role("button", name="7 days").click()
            await expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
            assert await page.evaluate(ARE_DRAWN), name
            assert await page.evaluate("() => document.body.scrollWidth <= innerWidth"), name


async def test_an_analyst_asks_in_sql_and_takes_the_answer_home(
    browser: Browser, panel: PanelProcess
) -> None:
    async with panel.visit(browser, ANALYST, "/sql") as page:
        await page.get_by_label("Начать с").select_option("01_traffic")
        await expect(page.get_by_role("textbox")).to_have_value(re.compile("success_rate"))
        await page.get_by_role("button", name="Спросить").click()
        await expect(page.get_by_role("cell", name="text")).to_be_visible()

        async with page.expect_download() as download:
            await page.get_by_role("button", name="CSV").click()
        path = await (await download.value).path()
        assert path.read_text().startswith('"hour","service"')


async def test_what_is_not_for_analysts_is_refused_in_words_and_stands_in_the_audit(
    browser: Browser, panel: PanelProcess
) -> None:
    async with panel.visit(browser, OWNER, "/sql") as page:
        await _ask(page, "SELECT * FROM url('http://127.0.0.1:1/x', 'CSV', 'a String')")
        await expect(page.get_by_role("alert")).to_contain_text("url")
        await _ask(page, "SELECT nothing FROM v_requests")
        await expect(page.get_by_role("alert")).to_contain_text("ClickHouse")
        await page.goto(f"{panel.url}/audit")
        await expect(page.get_by_text("sql.ask").first).to_be_visible()


async def test_without_clickhouse_the_panel_says_so_and_the_way_to_other_pages_is_open(
    browser: Browser, nats: Nats, tmp_path: Path
) -> None:
    async with (
        panel_process(_url(nats), tmp_path, CLICKHOUSE_URL="http://127.0.0.1:1") as panel,
        panel.visit(browser, OWNER) as page,
    ):
        await expect(page.get_by_text("ClickHouse сейчас не отвечает")).to_be_visible()
        await page.goto(f"{panel.url}/figures/cost")
        await expect(page.get_by_text("ClickHouse сейчас не отвечает")).to_be_visible()
        await page.get_by_role("link", name="SQL").click()
        await expect(page.get_by_text("ClickHouse здесь — сервер")).to_be_visible()
