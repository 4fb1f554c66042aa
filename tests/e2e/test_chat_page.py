from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.chat_page import PHONE, Telegram, from_bot, visit, write

pytest_plugins = ["tests.support.browser", "tests.e2e.chat_page_sandbox"]
pytestmark = pytest.mark.asyncio(loop_scope="module")

# Notes at each change of the chat how many bubbles the bot has: drafts and messages together.
COUNT_BUBBLES: Final = """(log) => {
  window.bubbleCounts = [];
  const bubbles = '[data-testid=draft], [data-testid=message][data-mine=false]';
  const note = () => window.bubbleCounts.push(log.querySelectorAll(bubbles).length);
  new MutationObserver(note).observe(log, { childList: true });
}"""


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
        await first.get_by_test_id("new-chat").click()
        await page.get_by_role("menuitem", name="Новая группа").click()
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
