import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from nats.js.errors import KeyNotFoundError
from playwright.async_api import Browser, expect
from quartet.common.v1.error_reason_pb2 import ErrorReason

from services.chassis.errors import PermissionDenied
from services.chassis.jetstream import connect, ensure_bucket
from services.chassis.roles import Admins
from services.chassis.vendor_health import ModelHealth, VendorReport, vendor_health_bucket
from services.gateway.access.standing import Mode, Standing
from services.gateway.quotas.plan import Plan
from tests.support.nats import nats_server
from tests.support.panel import (
    ANALYST,
    OPERATOR,
    OWNER,
    PHONE,
    STRANGER,
    TRACE_ID,
    USER_KEY,
    PanelProcess,
    failed_request,
    panel_process,
    tell,
)
from tests.support.people_service import KEYRING, PeopleDesk, people_service
from tests.support.video_service import VideoCaller, video_service

pytest_plugins = ["tests.support.browser"]
pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


@pytest.fixture(scope="module")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def video(nats_url: str) -> AsyncIterator[VideoCaller]:
    async with video_service(nats_url, operator_ids=frozenset({OPERATOR, OWNER})) as caller:
        yield caller


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(nats_url: str) -> AsyncIterator[PeopleDesk]:
    admins = Admins(frozenset({OWNER}), frozenset({OPERATOR}))
    async with people_service(nats_url, Plan(user={"messages_per_day": 50}), admins) as desk:
        yield desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def panel(
    tmp_path_factory: pytest.TempPathFactory, nats_url: str, video: VideoCaller, people: PeopleDesk
) -> AsyncIterator[PanelProcess]:
    folder: Path = tmp_path_factory.mktemp("panel")
    target = f"dns:///127.0.0.1:{video.settings.grpc_port}"
    async with panel_process(nats_url, folder, VIDEO_TARGET=target, GATEWAY_TARGET=people.target) as running:
        # Once something has been written, the tables are there.
        await tell(nats_url, failed_request("panel.0", ErrorReason.ERROR_REASON_INTERNAL))
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    # An address is no name: by default cookies of one are not kept.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def _enter(http: aiohttp.ClientSession, panel: PanelProcess, user_id: int) -> str:
    """Come in without a browser; returns the token of forms."""
    token = (await panel.link(user_id)).partition("#")[2]
    headers = {"Origin": panel.url}
    async with http.post(f"{panel.url}/enter", data={"token": token}, headers=headers) as response:
        found = TOKEN.search(await response.text())
    assert found is not None
    return found.group(1)


async def test_a_link_opens_the_panel_once_and_for_its_owner_alone(
    browser: Browser, panel: PanelProcess
) -> None:
    link = await panel.link(OWNER)
    first = await browser.new_page()
    await first.goto(link)
    await expect(first).to_have_url(f"{panel.url}/")
    second = await (await browser.new_context()).new_page()
    await second.goto(link)
    await expect(second.get_by_role("alert")).to_contain_text("/admin")
    assert (await second.request.get(f"{panel.url}/settings", max_redirects=0)).status == 303
    with pytest.raises(PermissionDenied):
        await panel.link(STRANGER)


@pytest.mark.parametrize(
    ("user_id", "seen", "unseen"),
    [
        (OWNER, {"/settings", "/audit", "/failures", "/vendors", "/videos", "/users", "/limits"}, set[str]()),
        (OPERATOR, {"/settings", "/failures", "/vendors", "/videos", "/users"}, {"/audit"}),
        (ANALYST, {"/settings", "/failures", "/vendors"}, {"/audit", "/videos", "/users", "/limits"}),
    ],
)
async def test_each_role_sees_its_pages_and_gets_no_others(
    panel: PanelProcess, http: aiohttp.ClientSession, user_id: int, seen: set[str], unseen: set[str]
) -> None:
    await _enter(http, panel, user_id)
    async with http.get(f"{panel.url}/settings") as response:
        navigation = (await response.text()).partition("<nav")[2].partition("</nav>")[0]
    paths = set(re.findall(r'href="([^"]+)"', navigation))
    assert seen <= paths
    assert not unseen & paths
    for path in {*seen, *unseen}:
        async with http.get(panel.url + path) as response:
            assert response.status == (200 if path in seen else 403), path


async def test_a_phone_and_a_keyboard_are_enough(browser: Browser, panel: PanelProcess) -> None:
    async with panel.visit(browser, OWNER, "/settings", size=PHONE, locale="en-US", dark=True) as page:
        menu = page.get_by_role("button", name="Menu")
        await menu.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("navigation").get_by_role("link").first).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(menu).to_be_focused()
        await expect(page.get_by_role("navigation")).to_be_hidden()
        scrolled = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert scrolled <= 0


async def test_language_and_colours_are_chosen_and_stay(browser: Browser, panel: PanelProcess) -> None:
    async with panel.visit(browser, ANALYST, "/settings") as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Настройки")
        await page.get_by_role("button", name="EN").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
        await page.get_by_role("button", name="Dark").click()
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_an_owner_ends_a_session_after_a_question_and_it_stands_in_the_audit(
    browser: Browser, panel: PanelProcess, http: aiohttp.ClientSession
) -> None:
    await _enter(http, panel, OPERATOR)
    async with panel.visit(browser, OWNER, "/settings") as page:
        row = page.get_by_role("row").filter(has_text=str(OPERATOR)).filter(has_text="aiohttp")
        await row.first.get_by_role("button", name="Завершить").click()
        await page.get_by_role("button", name="Да, выполнить").click()
        await expect(page.get_by_role("status")).to_have_text("Сессия завершена.")
        await page.goto(f"{panel.url}/audit")
        deed = page.get_by_role("row").filter(has_text="session.end")
        await expect(deed.first).to_contain_text("сделано")
        await expect(deed.first).to_contain_text(str(OWNER))
    async with http.get(f"{panel.url}/settings", allow_redirects=False) as response:
        assert response.status == 303


async def test_what_is_live_changes_without_reloading(browser: Browser, panel: PanelProcess) -> None:
    async with panel.visit(browser, ANALYST, "/failures") as page:
        await expect(page.locator("[data-live]")).to_be_visible()
        streamed = await page.evaluate(
            """() => new Promise((told) => {
                 const source = new EventSource("/failures/live?service=video");
                 source.addEventListener("part", (event) => {
                   source.close();
                   told(JSON.parse(event.data));
                 });
               })"""
        )
        assert "ошибок не было" in streamed


async def test_telegram_s_signature_opens_the_mini_app_while_fresh_and_once(
    browser: Browser, panel: PanelProcess, http: aiohttp.ClientSession
) -> None:
    page = await (await browser.new_context(locale="ru-RU")).new_page()
    init_data = panel.init_data(OPERATOR)
    await page.goto(f"{panel.url}/app")
    await expect(page.get_by_text("отправьте боту /admin")).to_be_visible()
    fragment = "tgWebAppData=" + init_data.replace("%", "%25").replace("&", "%26").replace("=", "%3D")
    await page.goto(f"{panel.url}/app?next=/settings#{fragment}")
    await expect(page).to_have_url(f"{panel.url}/settings")
    refused = {
        "used": init_data,
        "old": panel.init_data(OPERATOR, auth_date=int(time.time()) - 3600),
        "another bot's": panel.init_data(OPERATOR, bot_id=7),
        "a stranger's": panel.init_data(STRANGER),
        "forged": panel.init_data(ANALYST).replace(str(ANALYST), str(OWNER)),
    }
    for what, data in refused.items():
        headers = {"Origin": panel.url}
        async with http.post(f"{panel.url}/app", data={"init_data": data}, headers=headers) as response:
            assert response.status == 403, what


async def test_other_sites_can_neither_act_nor_frame_nor_pass_for_the_panel(
    panel: PanelProcess, http: aiohttp.ClientSession
) -> None:
    token, own = await _enter(http, panel, OWNER), {"Origin": panel.url}
    act = f"{panel.url}/settings/sessions/end"
    for form, headers in (
        ({"form_token": token}, {"Origin": "https://evil.example"}),
        ({"form_token": token}, {}),
        ({"form_token": "0" * 64}, own),
        ({}, own),
    ):
        async with http.post(act, data=form, headers=headers, allow_redirects=False) as response:
            assert response.status == 403
    async with http.get(panel.url, headers={"Host": "evil.example"}) as response:
        assert response.status == 400
    async with http.get(f"{panel.url}/settings") as response:
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-store"
    async with http.get(f"{panel.url}/app") as response:
        assert "frame-ancestors https://web.telegram.org" in response.headers["Content-Security-Policy"]


async def test_whoever_guesses_has_to_wait(panel: PanelProcess, http: aiohttp.ClientSession) -> None:
    headers = {"Origin": panel.url, "X-Forwarded-For": "203.0.113.9"}
    statuses = []
    for number in range(11):
        form = {"token": f"guess-{number:030}"}
        async with http.post(f"{panel.url}/enter", data=form, headers=headers) as response:
            statuses.append(response.status)
    assert statuses == [403] * 10 + [429]


async def test_what_failed_is_found_with_its_trace_and_what_the_vendor_said(
    browser: Browser, panel: PanelProcess, nats_url: str
) -> None:
    await tell(nats_url, failed_request("panel.1", ErrorReason.ERROR_REASON_PROVIDER_RATE_LIMITED))
    async with panel.visit(browser, ANALYST, "/failures") as page:
        row = page.get_by_role("row").filter(has_text="provider_rate_limited")
        await expect(row).to_contain_text("gpt-6-luna")
        await expect(row).to_contain_text(TRACE_ID[:12])
        await row.get_by_role("link").click()
        await expect(page.get_by_text(TRACE_ID)).to_be_visible()
        await expect(page.get_by_role("link", name="Пользователь", exact=True)).to_have_count(0)
        await expect(page.get_by_role("row").filter(has_text="429")).to_be_visible()


async def test_an_operator_switches_a_vendor_off_and_an_analyst_only_looks(
    browser: Browser, panel: PanelProcess, nats_url: str
) -> None:
    resting = ModelHealth(
        model="gen4.5", health="unavailable", reason="ERROR_REASON_PROVIDER_OUT_OF_FUNDS", until=1.8e9
    )
    async with connect(nats_url, name="test") as nats, panel.visit(browser, OPERATOR, "/vendors") as page:
        board = await ensure_bucket(nats.js, vendor_health_bucket(1))
        report = VendorReport(service="video", provider="runway", models=(resting,))
        await board.put("video.runway.test", report.model_dump_json().encode())
        await page.reload()
        runway = page.locator("section").filter(has=page.get_by_role("heading", name="runway"))
        row = runway.get_by_role("row").filter(has_text="gen4.5")
        await expect(row).to_contain_text("пока не спрашивают provider_out_of_funds до 2027-01-15 08:00:00")
        well = resting.model_copy(update={"health": "available", "reason": "", "until": 0.0})
        report = VendorReport(service="video", provider="runway", models=(well,))
        await board.put("video.runway.test", report.model_dump_json().encode())
        await expect(row).to_contain_text("отвечает", timeout=15_000)
        await runway.get_by_role("button", name="Выключить").first.click()
        await page.get_by_role("button", name="Да, выполнить").click()
        await expect(page.get_by_role("status")).to_have_text("runway: выключено.")
        await expect(runway.get_by_role("heading")).to_contain_text("выключен")
        switches = await nats.js.key_value("switches")
        assert (await switches.get("off.runway")).value
        await runway.get_by_role("button", name="Включить").first.click()
        await expect(page.get_by_role("status")).to_have_text("runway: включено.")
        with pytest.raises(KeyNotFoundError):
            await switches.get("off.runway")
    async with panel.visit(browser, ANALYST, "/vendors") as page:
        await expect(page.get_by_role("heading", name="runway")).to_be_visible()
        await expect(page.get_by_role("main").get_by_role("button", name="Выключить")).to_have_count(0)


async def test_an_operator_cancels_a_video_of_the_queue(
    browser: Browser, panel: PanelProcess, video: VideoCaller
) -> None:
    job = (await video.order("A secret cat")).job
    async with panel.visit(browser, OPERATOR, "/videos", size=PHONE) as page:
        row = page.get_by_role("row").filter(has_text=str(job.caller.user_id))
        await expect(row).to_contain_text("ждёт")
        assert "secret" not in await page.content()
        person = row.get_by_role("link", name=str(job.caller.user_id))
        assert await person.get_attribute("href") == f"/people/{job.caller.user_id}"
        await row.get_by_role("button", name="Отменить").click()
        await page.get_by_role("button", name="Да, выполнить").click()
        await expect(row).to_contain_text("отменено")
        await expect(row.get_by_role("button", name="Заказать заново")).to_be_visible()


async def test_an_operator_sees_what_runs_and_an_analyst_does_not(
    panel: PanelProcess, http: aiohttp.ClientSession
) -> None:
    await _enter(http, panel, OPERATOR)
    async with http.get(f"{panel.url}/workloads") as response:
        page = await response.text()
        assert response.status == 200
    # On one machine these are processes: admin itself is one of them, and nothing is offered.
    assert 'data-workload="admin"' in page
    assert "/workloads/restart" not in page
    http.cookie_jar.clear()
    await _enter(http, panel, ANALYST)
    async with http.get(f"{panel.url}/workloads") as response:
        assert response.status == 403
    async with http.get(f"{panel.url}/settings") as response:
        assert 'href="/workloads"' not in await response.text()


async def test_a_user_s_last_requests_are_seen_without_a_word_of_them(
    browser: Browser, panel: PanelProcess, nats_url: str
) -> None:
    await tell(nats_url, failed_request("panel.2", ErrorReason.ERROR_REASON_CONTEXT_TOO_LONG))
    async with panel.visit(browser, OPERATOR, "/users") as page:
        await page.keyboard.press("/")
        await page.keyboard.type(f"{USER_KEY:016x}")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{panel.url}/users/{USER_KEY:016x}")
        row = page.get_by_role("row").filter(has_text="context_too_long")
        await expect(row).to_contain_text("gpt-6-luna")
        await row.get_by_role("link").click()
        await page.get_by_role("link", name="Пользователь", exact=True).click()
        await expect(page).to_have_url(f"{panel.url}/users/{USER_KEY:016x}")


async def test_an_operator_bans_somebody_limits_them_and_lets_them_in_again(
    browser: Browser, panel: PanelProcess, people: PeopleDesk
) -> None:
    await people.directory.note(USER_KEY, 707, 0, 0)
    async with panel.visit(browser, OPERATOR, f"/users/{USER_KEY:016x}", size=PHONE) as page:
        await page.get_by_role("link", name="Доступ и лимиты", exact=True).last.click()
        await expect(page).to_have_url(f"{panel.url}/people/707")
        await expect(page.get_by_role("row").filter(has_text="Сообщения, в день")).to_contain_text("50")
        await page.get_by_label("заблокирован").check()
        await page.get_by_label("Деньги, в день").fill("2,5")
        await page.get_by_role("button", name="Применить").click()
        await expect(page.get_by_role("status")).to_have_text("Сохранено, уже действует.")
        banned = Standing(is_banned=True, limits={"cost_micros_per_day": 2_500_000})
        assert people.register.of(707) == banned
        await page.goto(f"{panel.url}/people?show=banned")
        await page.get_by_role("row").get_by_role("link", name="707").click()
        await expect(page.get_by_label("Деньги, в день")).to_have_value("2.50")
        await page.get_by_label("заблокирован").uncheck()
        await page.get_by_label("Деньги, в день").fill("")
        await page.get_by_role("button", name="Применить").click()
        await expect(page.get_by_role("status")).to_be_visible()
        assert people.register.of(707) == Standing()


async def test_a_person_is_found_by_their_id_and_leads_to_what_they_asked(
    browser: Browser, panel: PanelProcess, people: PeopleDesk
) -> None:
    key = KEYRING.user(708)
    await people.directory.note(key, 708, KEYRING.chat(708), 708, "ru")
    async with panel.visit(browser, OPERATOR, "/users") as page:
        await page.get_by_role("searchbox").fill("708")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{panel.url}/people/708")
        await expect(page.get_by_text("Последний раз писали")).to_contain_text("ru")
        await page.get_by_role("link", name="Последние запросы").click()
        await expect(page).to_have_url(f"{panel.url}/users/{key:016x}")


async def test_the_limits_of_the_house_are_seen_and_set_and_a_plan_is_made(
    browser: Browser, panel: PanelProcess, people: PeopleDesk
) -> None:
    async with panel.visit(browser, OPERATOR, "/limits", size=PHONE) as page:
        everyone = page.locator("section").filter(has_text="Каждому, у кого нет плана")
        await expect(everyone).to_contain_text("50")
        total = page.locator("section").filter(has_text="Всем вместе")
        await total.get_by_label("Деньги, в день").fill("12,5")
        await total.get_by_role("button", name="Применить").click()
        await page.get_by_role("button", name="Да, выполнить").click()
        await expect(page.get_by_role("status")).to_have_text("Лимиты сохранены, уже действуют.")
        assert people.register.limits[""] == {"cost_micros_per_day": 12_500_000}
        await expect(page.locator("dl").first).to_contain_text("12,50")
        new = page.locator("section").filter(has_text="Новый план")
        await new.get_by_label("План").fill("pro")
        await new.get_by_label("Сообщения, в день").fill("500")
        await new.get_by_role("button", name="Добавить").click()
        await expect(page.locator("section").filter(has_text="План pro")).to_be_visible()
        assert people.register.limits["pro"] == {"messages_per_day": 500}


async def test_maintenance_is_switched_after_a_question(
    browser: Browser, panel: PanelProcess, people: PeopleDesk
) -> None:
    async with panel.visit(browser, OPERATOR, "/people") as page:
        await page.get_by_label("Профилактика").check()
        await page.get_by_role("button", name="Применить").click()
        await page.get_by_role("button", name="Да, выполнить").click()
        await expect(page.get_by_role("status")).to_have_text("Режим изменён, уже действует.")
        assert people.register.mode == Mode(is_in_maintenance=True)
