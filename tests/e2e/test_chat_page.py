import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from tests.support.ports import free_port

pytest_plugins = ["tests.support.browser"]
pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN: Final = "1000000001:sandbox-token-for-local-use-only-000"
DESKTOP: Final = (1280, 800)
PHONE: Final = (360, 740)
READY_SECONDS: Final = 15.0
UPDATE_SECONDS: Final = 5

# Notes at each change of the chat how many bubbles the bot has: drafts and messages together.
COUNT_BUBBLES: Final = """(log) => {
  window.bubbleCounts = [];
  const bubbles = '[data-testid=draft], [data-testid=message][data-mine=false]';
  const note = () => window.bubbleCounts.push(log.querySelectorAll(bubbles).length);
  new MutationObserver(note).observe(log, { childList: true });
}"""


class Telegram:
    """The sandbox from outside: the bot's calls, and the people it is played with."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.base = base
        self._session = session
        self._offset = 0

    async def call(self, method: str, **params: Any) -> Any:
        async with self._session.post(f"{self.base}/bot{TOKEN}/{method}", json=params) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def say(self, chat_id: int, text: str, **params: Any) -> int:
        message = await self.call("sendMessage", chat_id=chat_id, text=text, **params)
        return int(message["message_id"])

    async def next_update(self, kind: str) -> Any:
        """The next update of this kind; those before it are passed over."""
        while True:
            updates = await self.call("getUpdates", offset=self._offset, limit=1, timeout=UPDATE_SECONDS)
            assert updates, f"no {kind} within {UPDATE_SECONDS} s"
            self._offset = updates[0]["update_id"] + 1
            if kind in updates[0]:
                return updates[0][kind]

    async def control(self, path: str, **body: Any) -> Any:
        async with self._session.post(f"{self.base}/control/{path}", json=body) as response:
            assert response.ok, await response.text()
            return await response.json()

    async def add_user(self, first_name: str) -> int:
        user = await self.control("users", first_name=first_name, language_code="ru")
        return int(user["id"])

    async def add_started_user(self, first_name: str) -> int:
        """A user who has pressed START before."""
        user_id = await self.add_user(first_name)
        await self.control("messages", user_id=user_id, text="/start")
        return user_id


@asynccontextmanager
async def sandbox_process(port: int) -> AsyncIterator[str]:
    environment = os.environ | {"SANDBOX_PORT": str(port), "SANDBOX_LIMITS_ENABLED": "false"}
    command = (sys.executable, "-m", "services.sandbox", "telegram")
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Telegram]:
    async with sandbox_process(free_port()) as base, aiohttp.ClientSession() as session:
        telegram = Telegram(session, base)
        refused = retry_if_exception_type(aiohttp.ClientConnectionError)
        async for attempt in AsyncRetrying(
            retry=refused, stop=stop_after_delay(READY_SECONDS), wait=wait_fixed(0.05), reraise=True
        ):
            with attempt:
                await telegram.call("getMe")
        yield telegram


@pytest_asyncio.fixture(loop_scope="module")
async def telegram(sandbox: Telegram) -> Telegram:
    """A sandbox in which nobody has been yet."""
    await sandbox.control("reset")
    return sandbox


@asynccontextmanager
async def visit(browser: Browser, url: str, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Page]:
    """The page in a fresh browser profile; whatever the browser complains about fails the test."""
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    try:
        await page.goto(url)
        yield page
    finally:
        await context.close()
    assert complaints == []


def from_bot(page: Page | Locator) -> Locator:
    return page.locator("[data-testid=message][data-mine=false]")


async def write(pane: Page | Locator, text: str) -> None:
    await pane.get_by_test_id("composer").fill(text)
    await pane.get_by_test_id("composer").press("Enter")


async def test_the_first_visit_makes_a_user_who_can_start_the_bot(
    browser: Browser, telegram: Telegram
) -> None:
    async with visit(browser, telegram.base) as page:
        await expect(page.get_by_test_id("user-switch")).to_contain_text("Анна")
        await page.get_by_role("button", name="СТАРТ").click()
        await expect(page.get_by_test_id("message")).to_contain_text("/start")
        await expect(page.get_by_test_id("composer")).to_be_visible()
    message = await telegram.next_update("message")
    assert message["text"] == "/start"
    assert message["from"]["language_code"] == "ru"


async def test_an_answer_grows_in_its_draft_until_the_message_takes_its_place(
    browser: Browser, telegram: Telegram
) -> None:
    user_id = await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await write(page, "сколько будет дважды два?")
        assert (await telegram.next_update("message"))["text"] == "/start"
        assert (await telegram.next_update("message"))["text"] == "сколько будет дважды два?"
        draft = page.get_by_test_id("draft-text")
        await telegram.call("sendMessageDraft", chat_id=user_id, draft_id=1, text="")
        await expect(draft).to_have_text("Думаю…")
        await expect(page.get_by_test_id("typing")).to_have_text("печатает…")
        await page.get_by_role("log").evaluate(COUNT_BUBBLES)
        words = ["Дважды", "два", "будет", "четыре"]
        for count in range(1, len(words) + 1):
            text = " ".join(words[:count])
            await telegram.call("sendMessageDraft", chat_id=user_id, draft_id=1, text=text)
            await expect(draft).to_have_text(text)
        await telegram.say(user_id, "Дважды два будет четыре")
        await expect(from_bot(page).get_by_test_id("text")).to_have_text("Дважды два будет четыре")
        await expect(page.get_by_test_id("draft")).to_have_count(0)
        assert set(await page.evaluate("window.bubbleCounts")) == {1}


async def test_a_press_of_stop_reaches_the_bot(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await telegram.call("sendMessageDraft", chat_id=user_id, draft_id=7, text="Начало", can_stop=True)
        await page.get_by_test_id("draft-stop").click()
        stopped = await telegram.next_update("stopped_message_generation")
        assert (stopped["chat"]["id"], stopped["draft_id"]) == (user_id, 7)
        await telegram.say(user_id, "Начало")
        await expect(from_bot(page)).to_have_count(1)
        await expect(page.get_by_test_id("draft")).to_have_count(0)


async def test_a_pressed_button_waits_for_the_bot_and_shows_its_note(
    browser: Browser, telegram: Telegram
) -> None:
    user_id = await telegram.add_started_user("Анна")
    keyboard = {"inline_keyboard": [[{"text": "Дальше", "callback_data": "go", "style": "primary"}]]}
    await telegram.say(user_id, "Продолжать?", reply_markup=keyboard)
    async with visit(browser, telegram.base) as page:
        button = page.get_by_test_id("keyboard-button")
        await button.click()
        await expect(button).to_have_attribute("aria-busy", "true")
        query = await telegram.next_update("callback_query")
        assert query["data"] == "go"
        await telegram.call("answerCallbackQuery", callback_query_id=query["id"], text="Продолжаю")
        await expect(page.get_by_test_id("toast")).to_have_text("Продолжаю")
        await expect(button).not_to_have_attribute("aria-busy", "true")


async def test_two_people_play_one_group_side_by_side(browser: Browser, telegram: Telegram) -> None:
    anna, boris = await telegram.add_user("Анна"), await telegram.add_user("Борис")
    async with visit(browser, f"{telegram.base}/?users={anna},{boris}") as page:
        first, second = page.get_by_test_id("pane").nth(0), page.get_by_test_id("pane").nth(1)
        await first.get_by_test_id("back").click()
        await first.get_by_test_id("new-group").click()
        form = page.get_by_test_id("group-form")
        await form.get_by_label("Название группы").fill("Отдел идей")
        await form.get_by_role("button", name="Создать").click()
        await write(first, "Борис, ты здесь?")
        await second.get_by_test_id("back").click()
        await second.get_by_test_id("chat-item").filter(has_text="Отдел идей").click()
        await expect(from_bot(second).last).to_contain_text("Борис, ты здесь?")
        await write(second, "Да, вижу")
        answer = from_bot(first).last
        await expect(answer).to_contain_text("Борис")
        await expect(answer.get_by_test_id("text")).to_have_text("Да, вижу")


async def test_a_phone_shows_the_list_or_the_chat(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base, PHONE) as page:
        await expect(page.get_by_test_id("composer")).to_be_visible()
        await expect(page.get_by_test_id("chat-item")).to_be_hidden()
        await page.get_by_test_id("back").click()
        await expect(page.get_by_test_id("composer")).to_be_hidden()
        await telegram.say(user_id, "Есть новости")
        await expect(page.get_by_test_id("unread")).to_have_text("1")
        await page.get_by_test_id("chat-item").click()
        await expect(from_bot(page).last).to_be_in_viewport()
        await page.get_by_test_id("back").click()
        await expect(page.get_by_test_id("unread")).to_have_count(0)


async def test_hostile_text_stays_text(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("<b>Анна</b>")
    hostile = "<img src=x onerror=document.title='owned'>"
    await telegram.say(user_id, hostile, entities=[{"type": "bold", "offset": 0, "length": 10}])
    await telegram.control(
        "messages", user_id=user_id, text="javascript:alert(1) https://example.com/a tg://x"
    )
    await telegram.control(
        "messages",
        user_id=user_id,
        text="нажми",
        entities=[{"type": "text_link", "offset": 0, "length": 5, "url": "http://example.com/?q=<script>"}],
    )
    async with visit(browser, telegram.base) as page:
        await expect(page.get_by_test_id("user-switch")).to_contain_text("<b>Анна</b>")
        await expect(from_bot(page).get_by_test_id("text")).to_have_text(hostile)
        await expect(page.get_by_role("log").locator("img, script, b")).to_have_count(0)
        links = page.get_by_role("log").locator("a")
        await expect(links.first).to_be_visible()
        targets = [await link.get_attribute("href") or "" for link in await links.all()]
        assert all(target.startswith(("http://", "https://", "tg://")) for target in targets), targets
        assert await page.title() != "owned"


async def test_an_edit_changes_the_message_in_its_place_and_a_deletion_removes_it(
    browser: Browser, telegram: Telegram
) -> None:
    user_id = await telegram.add_started_user("Анна")
    message_id = await telegram.say(user_id, "Считаю…")
    await telegram.say(user_id, "Второе")
    async with visit(browser, telegram.base) as page:
        message = page.locator(f"[data-message-id='{message_id}']")
        await expect(message.get_by_test_id("text")).to_have_text("Считаю…")
        await telegram.call("editMessageText", chat_id=user_id, message_id=message_id, text="Сорок два")
        await expect(message.get_by_test_id("text")).to_have_text("Сорок два")
        await expect(message.get_by_test_id("edited")).to_be_visible()
        await expect(from_bot(page).get_by_test_id("text")).to_have_text(["Сорок два", "Второе"])
        await telegram.call("deleteMessage", chat_id=user_id, message_id=message_id)
        await expect(message).to_have_count(0)


async def test_a_user_corrects_the_last_message_with_arrow_up(browser: Browser, telegram: Telegram) -> None:
    await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await write(page, "превет")
        await expect(page.get_by_test_id("message").last).to_contain_text("превет")
        await page.get_by_test_id("composer").press("ArrowUp")
        await expect(page.get_by_test_id("composer")).to_have_value("превет")
        await write(page, "привет")
        await expect(page.get_by_test_id("message").last.get_by_test_id("text")).to_have_text("привет")
    assert (await telegram.next_update("edited_message"))["text"] == "привет"


async def test_a_keyboard_of_the_bot_appears_and_its_keys_speak(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await expect(page.get_by_test_id("message")).to_have_count(1)
        keyboard = {"keyboard": [["Короче", "Подробнее"]], "resize_keyboard": True}
        await telegram.say(user_id, "Как ответить?", reply_markup=keyboard)
        await page.get_by_test_id("reply-key").filter(has_text="Короче").click()
        await expect(page.get_by_test_id("message").last.get_by_test_id("text")).to_have_text("Короче")
        await telegram.say(user_id, "Хорошо", reply_markup={"remove_keyboard": True})
        await expect(page.get_by_test_id("reply-key")).to_have_count(0)
