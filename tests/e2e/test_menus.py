from dataclasses import dataclass
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardMarkup

from tests.e2e.conversation import Conversation
from tests.support.stack import TOKEN

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]


@dataclass
class Menu:
    """A menu message, as the person before it sees it."""

    talk: Conversation
    chat_id: int
    message: Json

    @property
    def text(self) -> str:
        return str(self.message["text"])

    @property
    def buttons(self) -> dict[str, str]:
        """The data of each button, by what it says."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    async def press(self, *labels: str) -> str:
        """Presses buttons, each where the one before led; returns what the last press was answered with."""
        toast = ""
        for label in labels:
            [data] = [data for text, data in self.buttons.items() if label in text]
            toast = await self.press_data(data)
        return toast

    async def press_data(self, data: str, *, user_id: int = 0, is_redrawn: bool = True) -> str:
        telegram, message_id = self.talk.telegram, self.message["message_id"]
        mark = telegram.mark()
        query_id = await telegram.press(user_id or self.talk.user_id, message_id, data, chat_id=self.chat_id)
        answered = await telegram.wait_for(
            "callback_answer", where=lambda event: event["callback_query_id"] == query_id, after=mark
        )
        if is_redrawn:
            event = await telegram.wait_for(
                "edit",
                chat_id=self.chat_id,
                where=lambda event: event["message"]["message_id"] == message_id and not _grows(event),
                after=mark,
            )
            self.message = event["message"]
        return str(answered["text"])


def _grows(event: Json) -> bool:
    return "stop:" in str(event["message"].get("reply_markup"))


async def opened(talk: Conversation, command: str = "/menu", *, chat_id: int = 0) -> Menu:
    mark = talk.telegram.mark()
    await talk.telegram.send(talk.user_id, command, chat_id=chat_id or None)
    reply = await talk.telegram.wait_for_reply(chat_id or talk.user_id, after=mark)
    return Menu(talk, chat_id or talk.user_id, reply)


async def test_first_contact_offers_a_question_that_is_answered_at_a_press(talk: Conversation) -> None:
    start = await opened(talk, "/start")
    assert "Анна" in start.text
    mark = talk.telegram.mark()
    [data] = [data for text, data in start.buttons.items() if "небо" in text]
    await talk.telegram.press(talk.user_id, start.message["message_id"], data)
    answer = await talk.telegram.wait_for_reply(talk.user_id, after=mark)
    assert answer["text"].startswith("Объясни простыми словами, почему небо голубое")
    assert "🧪" in answer["text"]
    assert "небо" in (await talk.openai.calls())[-1].text


async def test_another_answer_to_an_example_takes_the_first_ones_place(talk: Conversation) -> None:
    start = await opened(talk, "/start")
    mark = talk.telegram.mark()
    [data] = [data for text, data in start.buttons.items() if "Ужин" in text]
    await talk.telegram.press(talk.user_id, start.message["message_id"], data)
    answer = Menu(
        talk, talk.user_id, await talk.telegram.wait_for_reply(talk.user_id, contains="🧪", after=mark)
    )
    await answer.press("Другой ответ")
    assert "🧪" in answer.text
    assert len(await talk.telegram.texts(talk.user_id)) == 2


async def test_a_role_is_chosen_shown_and_used(talk: Conversation) -> None:
    menu = await opened(talk)
    assert "Роль: Помощник" in menu.text
    assert await menu.press("Роль", "Редактор") == "Готово ✅"
    assert "✅ Редактор" in menu.buttons
    await menu.press("Назад")
    assert "Роль: Редактор" in menu.text
    await talk.ask("Исправь мой текст")
    assert len(await talk.telegram.texts(talk.user_id)) == 2


async def test_a_model_is_chosen_and_asked(talk: Conversation) -> None:
    await talk.ask("вопрос")
    menu = await opened(talk, "/models")
    names = [text for text in menu.buttons if "✅" not in text and "Назад" not in text]
    await menu.press(names[-1])
    assert f"✅ {names[-1]}" in menu.buttons
    await talk.ask("ещё вопрос")
    first, second = [call.model for call in await talk.openai.calls()][-2:]
    assert first != second
    await menu.press("Назад")
    assert f"Модель: {names[-1]}" in menu.text


async def test_the_language_changes_the_menu_and_the_commands_at_once(talk: Conversation) -> None:
    menu = await opened(talk, "/language")
    mark = talk.telegram.mark()
    assert await menu.press("English") == "Done ✅"
    assert "Language" in menu.text
    await talk.telegram.wait_for("commands", after=mark)
    commands = (await talk.telegram.view(talk.user_id))["commands"]
    assert {"command": "menu", "description": "Settings"} in commands
    assert "fresh start" in await talk.ask("/new")
    await menu.press("As in Telegram")
    assert "Язык" in menu.text


async def test_instructions_are_taken_from_the_next_message_kept_and_deleted(talk: Conversation) -> None:
    menu = await opened(talk, "/instructions")
    await menu.press("Написать")
    assert "Жду" in menu.text
    saved = await talk.ask("Отвечай только стихами")
    assert "Запомнил" in saved
    assert "Отвечай только стихами" in saved
    assert "🧪" in await talk.ask("Как дела?")
    menu = await opened(talk, "/instructions")
    await menu.press("Удалить")
    assert "стихами" not in menu.text


async def test_instructions_that_are_edited_are_kept_as_they_read_now(talk: Conversation) -> None:
    menu = await opened(talk, "/instructions")
    await menu.press("Написать")
    sent = await talk.telegram.send(talk.user_id, "Отвечай стихами")
    await talk.telegram.wait_for_reply(talk.user_id, contains="Запомнил")
    mark = talk.telegram.mark()
    await talk.telegram.edit(talk.user_id, sent["message"]["message_id"], "Отвечай прозой")
    saved = await talk.telegram.wait_for_reply(talk.user_id, contains="Запомнил", after=mark)
    assert "прозой" in saved["text"]
    assert "🧪" in await talk.ask("Обычный вопрос")


async def test_instructions_that_are_too_long_are_asked_for_again(talk: Conversation) -> None:
    menu = await opened(talk, "/instructions")
    await menu.press("Написать")
    assert "1 501 знак" in (await talk.ask("щ" * 1501)).replace("\u00a0", " ")
    assert "Запомнил" in await talk.ask("Отвечай кратко")


async def test_a_command_ends_the_waiting_for_instructions(talk: Conversation) -> None:
    menu = await opened(talk, "/instructions")
    await menu.press("Написать")
    assert "/stop" in await talk.ask("/help")
    assert "🧪" in await talk.ask("Обычный вопрос")


async def test_waiting_for_instructions_survives_the_speakers_death(talk: Conversation) -> None:
    menu = await opened(talk, "/instructions")
    await menu.press("Написать")
    killed = await talk.stack.kill_speaker()
    assert "Запомнил" in await talk.ask("Отвечай кратко", timeout_seconds=20)
    await talk.stack.until_ready(killed)


async def test_the_memory_is_shown_and_forgotten_after_a_second_press(talk: Conversation) -> None:
    await talk.ask("Мой кот — Барсик")
    menu = await opened(talk, "/memory")
    assert "1 вопрос с ответом" in menu.text
    assert "забыт" in await menu.press("Забыть", "Да, забыть")
    assert "пусто" in menu.text
    assert "Барсик" not in await talk.ask("что я спросил раньше?")


async def test_back_from_a_greetings_settings_leads_to_the_greeting(talk: Conversation) -> None:
    start = await opened(talk, "/start")
    greeting = start.text
    await start.press("Настройки", "Голос", "Назад", "Назад")
    assert start.text == greeting


async def test_a_closed_menu_is_gone(talk: Conversation) -> None:
    menu = await opened(talk)
    [data] = [data for text, data in menu.buttons.items() if "Закрыть" in text]
    await menu.press_data(data, is_redrawn=False)
    await talk.ask("вопрос")
    assert len(await talk.telegram.texts(talk.user_id)) == 1


async def test_a_button_of_an_older_menu_brings_the_new_one(talk: Conversation) -> None:
    await talk.ask("/help")
    old = {"inline_keyboard": [[{"text": "Роли", "callback_data": "menu0:attic"}]]}
    bot = Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(talk.stack.telegram_url)))
    async with bot:
        keyboard = InlineKeyboardMarkup.model_validate(old)
        sent = await bot.send_message(talk.user_id, "Прежнее меню", reply_markup=keyboard)
    menu = Menu(talk, talk.user_id, {"message_id": sent.message_id, "reply_markup": old})
    assert "устарело" in await menu.press("Роли")
    assert "Роль: Помощник" in menu.text


async def test_a_groups_settings_are_its_admins(talk: Conversation) -> None:
    member = await talk.telegram.add_user("Bob", "en")
    group = await talk.telegram.add_chat([talk.user_id, member], title="Team")
    await talk.telegram.wait_for_reply(group)
    menu = await opened(talk, "/roles", chat_id=group)
    assert "admins" in await menu.press_data(menu.buttons["Редактор"], user_id=member, is_redrawn=False)
    mark = talk.telegram.mark()
    await talk.telegram.send(member, "/menu", chat_id=group)
    refusal = await talk.telegram.wait_for_reply(group, after=mark)
    assert refusal["text"].startswith("Only this group's admins")
    assert await menu.press("Редактор") == "Готово ✅"
    assert "Роль: Редактор" in (await opened(talk, "/menu", chat_id=group)).text


async def test_each_kind_of_chat_has_its_commands(talk: Conversation) -> None:
    member = await talk.telegram.add_user("Bob", "en")
    group = await talk.telegram.add_chat([talk.user_id, member], title="Team")
    private = (await talk.telegram.view(talk.user_id))["commands"]
    in_group = (await talk.telegram.view(member, chat_id=group))["commands"]
    assert [command["command"] for command in in_group] == [
        *("new", "img", "video", "videos", "docs", "stop", "feedback", "help")
    ]
    assert {"command": "roles", "description": "Кем мне быть"} in private
