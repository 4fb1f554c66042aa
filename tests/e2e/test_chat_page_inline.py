from typing import Any, Final

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.chat_page import Telegram, from_bot, visit, write

pytest_plugins = ["tests.support.browser", "tests.e2e.chat_page_sandbox"]
pytestmark = pytest.mark.asyncio(loop_scope="module")

WAIT: Final = {"inline_keyboard": [[{"text": "Подождите", "callback_data": "wait"}]]}


def article(id: str, title: str, text: str) -> dict[str, Any]:
    content = {"message_text": text}
    return {
        "type": "article",
        "id": id,
        "title": title,
        "description": text,
        "input_message_content": content,
        "reply_markup": WAIT,
    }


async def test_two_people_ask_the_bot_in_their_own_chat(browser: Browser, telegram: Telegram) -> None:
    anna, boris = await telegram.add_user("Анна"), await telegram.add_user("Борис")
    async with visit(browser, f"{telegram.base}/?users={anna},{boris}") as page:
        first, second = page.get_by_test_id("pane").nth(0), page.get_by_test_id("pane").nth(1)
        await first.get_by_test_id("back").click()
        await first.get_by_test_id("new-chat").click()
        await page.get_by_role("menuitem", name="Борис").click()
        composer = first.get_by_test_id("chat").get_by_test_id("composer")
        await composer.fill("@quartet_sandbox_bot почему небо синее")
        query = await telegram.next_update("inline_query")
        assert (query["query"], query["chat_type"]) == ("почему небо синее", "private")
        results = [article("a", "Спросить", "Думаю…"), article("b", "Иначе", "Иначе думаю…")]
        await telegram.call("answerInlineQuery", inline_query_id=query["id"], results=results, cache_time=0)
        await expect(first.get_by_test_id("inline-option")).to_have_count(2)
        await composer.press("ArrowDown")
        await composer.press("ArrowUp")
        await composer.press("Enter")
        await expect(composer).to_have_value("")
        chosen = await telegram.next_update("chosen_inline_result")
        assert chosen["result_id"] == "a"
        await second.get_by_test_id("back").click()
        await second.get_by_test_id("chat-item").filter(has_text="Анна").click()
        message = second.get_by_test_id("message").last
        await expect(message.get_by_test_id("via-bot")).to_have_text("через @quartet_sandbox_bot")
        await message.get_by_test_id("keyboard-button").click()
        press = await telegram.next_update("callback_query")
        assert press["inline_message_id"] == chosen["inline_message_id"]
        await telegram.call("answerCallbackQuery", callback_query_id=press["id"], text="Уже скоро")
        await expect(second.get_by_test_id("toast")).to_have_text("Уже скоро")
        await telegram.call(
            "editMessageText", inline_message_id=chosen["inline_message_id"], text="Из-за рассеяния"
        )
        for pane in (first, second):
            await expect(pane.get_by_test_id("message").last.get_by_test_id("text")).to_have_text(
                "Из-за рассеяния"
            )


async def test_a_button_above_the_results_starts_the_bot(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    chat = await telegram.control("chats", type="group", title="Отдел", member_ids=[user_id], with_bot=False)
    async with visit(browser, telegram.base) as page:
        await page.locator(f"[data-testid=chat-item][data-chat-id='{chat['id']}']").click()
        await page.get_by_test_id("composer").fill("@quartet_sandbox_bot настрой")
        query = await telegram.next_update("inline_query")
        button = {"text": "Настройки", "start_parameter": "settings"}
        await telegram.call("answerInlineQuery", inline_query_id=query["id"], results=[], button=button)
        await page.get_by_role("button", name="Настройки", exact=True).click()
        await expect(page.get_by_test_id("message").last).to_contain_text("/start settings")


async def test_a_new_thread_begins_with_what_is_written_and_becomes_a_tab(
    browser: Browser, telegram: Telegram
) -> None:
    user_id = await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await page.get_by_test_id("chat-menu").click()
        await page.get_by_role("menuitem", name="Новая тема").click()
        await write(page, "Расскажи о море")
        tab = page.get_by_test_id("topic").filter(has_text="Расскажи о море")
        await expect(tab).to_have_attribute("aria-selected", "true")
        await telegram.next_update("message")
        created = await telegram.next_update("message")
        assert created["forum_topic_created"]["is_name_implicit"]
        thread = (await telegram.next_update("message"))["message_thread_id"]
        await telegram.say(user_id, "Море большое", message_thread_id=thread)
        await expect(from_bot(page).last).to_contain_text("Море большое")
        await telegram.call("editForumTopic", chat_id=user_id, message_thread_id=thread, name="О море")
        await expect(page.get_by_test_id("topic").filter(has_text="О море")).to_be_visible()


async def test_the_bot_asks_for_a_reply_to_its_message(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await expect(page.get_by_test_id("message")).to_have_count(1)
        force = {"force_reply": True, "input_field_placeholder": "Имя роли"}
        asked = await telegram.say(user_id, "Как назвать роль?", reply_markup=force)
        await expect(page.get_by_test_id("subject")).to_contain_text("Как назвать роль?")
        await expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Имя роли")
        await write(page, "Поэт")
        await expect(page.get_by_test_id("subject")).to_be_hidden()
    assert (await telegram.next_update("message"))["text"] == "/start"
    assert (await telegram.next_update("message"))["reply_to_message"]["message_id"] == asked


async def test_commands_are_those_of_the_persons_language_and_of_the_chat(
    browser: Browser, telegram: Telegram
) -> None:
    user_id = await telegram.add_started_user("Анна")
    chat = await telegram.control("chats", type="group", title="Отдел", member_ids=[user_id])
    for scope, language, name in (
        ("all_private_chats", "", "english"),
        ("all_private_chats", "ru", "russian"),
        ("all_group_chats", "", "group"),
    ):
        commands = [{"command": name, "description": name}]
        await telegram.call("setMyCommands", commands=commands, scope={"type": scope}, language_code=language)
    async with visit(browser, telegram.base) as page:
        options = page.get_by_test_id("commands").get_by_role("option")
        for chat_id, name in ((user_id, "/russian"), (chat["id"], "/group")):
            await page.locator(f"[data-testid=chat-item][data-chat-id='{chat_id}']").click()
            await page.get_by_test_id("composer").fill("/")
            await expect(options).to_contain_text([name])


async def test_an_anonymous_administrator_is_shown_as_the_group(browser: Browser, telegram: Telegram) -> None:
    anna, boris = await telegram.add_started_user("Анна"), await telegram.add_user("Борис")
    chat = await telegram.control("chats", type="supergroup", title="Отдел", member_ids=[anna, boris])
    await telegram.control(f"chats/{chat['id']}/members", user_id=boris, action="promote", is_anonymous=True)
    await telegram.control("messages", user_id=boris, chat_id=chat["id"], text="Тишина в отделе")
    async with visit(browser, telegram.base) as page:
        await page.locator(f"[data-testid=chat-item][data-chat-id='{chat['id']}']").click()
        message = page.get_by_test_id("message").last
        await expect(message.locator(".sender")).to_have_text("Отдел")
