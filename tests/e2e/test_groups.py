import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from services.sandbox.telegram.settings import TelegramSandboxSettings
from services.sandbox.vendor.journal import Outcome
from tests.e2e.conversation import Conversation
from tests.support.media import png
from tests.support.stack import BOT_ID

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOT = f"@{TelegramSandboxSettings().sandbox_bot_username}"


@dataclass(frozen=True)
class Group:
    """A group of two people and the bot."""

    talk: Conversation
    id: int
    ann: int
    bob: int

    @classmethod
    async def open(cls, talk: Conversation, **fields: Any) -> "Group":
        bob = await talk.telegram.add_user("Bob", "en")
        chat_id = await talk.telegram.add_chat([talk.user_id, bob], **fields)
        await talk.telegram.wait_for_reply(chat_id)
        return cls(talk, chat_id, talk.user_id, bob)

    async def say(self, text: str, *, user_id: int = 0, chat_id: int = 0, **fields: Any) -> int:
        sent = await self.talk.telegram.send(user_id or self.ann, text, chat_id=chat_id or self.id, **fields)
        return int(sent["message"]["message_id"])

    async def answer(self, contains: str, *, chat_id: int = 0, after: int = 0) -> dict[str, Any]:
        """The first message of the bot that holds this and does not grow any more."""

        def is_final(event: dict[str, Any]) -> bool:
            message = event.get("message", {"from": {"is_bot": False}})
            is_growing = "stop:" in str(message.get("reply_markup"))
            return message["from"]["is_bot"] and contains in message.get("text", "") and not is_growing

        event = await self.talk.telegram.wait_for(
            chat_id=chat_id or self.id, where=is_final, after=after, timeout_seconds=20
        )
        return dict(event["message"])

    async def texts(self) -> list[str]:
        return await self.talk.telegram.texts(self.ann, chat_id=self.id)


@pytest_asyncio.fixture(loop_scope="session")
async def group(talk: Conversation) -> AsyncIterator[Group]:
    yield await Group.open(talk)


async def test_who_mentions_replies_or_commands_is_answered_and_nobody_else(group: Group) -> None:
    telegram = group.talk.telegram
    # As an administrator the bot is shown everything.
    await telegram.change_member(group.id, BOT_ID, "promote")
    overheard = await group.say("между нами, без бота")
    asked = await group.say(f"{BOT} первый вопрос")
    first = await group.answer("первый вопрос")
    assert first["reply_to_message"]["message_id"] == asked
    again = await group.say("второй вопрос", reply_to_message_id=first["message_id"])
    assert (await group.answer("второй вопрос"))["reply_to_message"]["message_id"] == again
    await telegram.send_photo(group.ann, png(), chat_id=group.id, caption=f"{BOT} что на снимке?")
    await group.answer("что на снимке?")
    await group.say("а это мы обсудим сами", user_id=group.bob, reply_to_message_id=overheard)
    await group.say(f"/ask{BOT} третий вопрос")
    await group.answer("/ask")
    await group.say(f"/new{BOT}")
    await group.answer("прежний разговор я забыл")
    # Greeting, three answers, two commands.
    assert len(await group.texts()) == 6
    assert not any("бот" in call.text or "сами" in call.text for call in await group.talk.openai.calls())


async def test_what_is_sent_through_the_bot_into_a_group_is_answered_once_and_by_nobody_else(
    group: Group,
) -> None:
    telegram = group.talk.telegram
    query = await telegram.ask_inline(group.ann, f"{BOT} почему?", chat_id=group.id)
    [offered] = await telegram.inline_results(query)
    await telegram.choose_inline(group.ann, query, offered["id"], chat_id=group.id)
    await group.say(f"{BOT} вопрос после")
    await group.answer("вопрос после")
    # The greeting and that answer: the other one stands in the message of the person.
    assert len(await group.texts()) == 2
    assert len(await group.talk.openai.until_ended(2)) == 2


async def test_the_model_is_told_who_says_what(group: Group) -> None:
    await group.say(f"{BOT} мой кот Барсик")
    await group.answer("Барсик")
    await group.say(f"{BOT} and mine is Tom", user_id=group.bob)
    await group.answer("Tom")
    first, second = await group.talk.openai.calls()
    assert (first.speaker, first.text) == ("Анна", "мой кот Барсик")
    assert (second.speaker, second.text) == ("Bob", "and mine is Tom")


async def test_several_people_at_once_are_answered_side_by_side_each_under_their_own(group: Group) -> None:
    talk = group.talk
    await talk.openai.pace(first_token_ms=50, tokens_per_second=60, tokens=80)
    people = [group.ann, group.bob, *[await talk.telegram.add_user(f"P{n}", "ru") for n in range(3)]]
    for person in people[2:]:
        await talk.telegram.change_member(group.id, person, "add")
    asked = {
        number: await group.say(f"{BOT} вопрос номер {number}", user_id=person)
        for number, person in enumerate(people)
    }
    await talk.openai.until_active(len(people))
    answers = await asyncio.gather(*(group.answer(f"вопрос номер {number}") for number in asked))
    replied = [answer["reply_to_message"]["message_id"] for answer in answers]
    assert replied == list(asked.values())
    texts = await group.texts()
    assert len(texts) == 1 + len(people)
    assert all(sum(f"номер {number}" in text for text in texts) == 1 for number in asked)


async def test_each_topic_is_a_conversation_of_its_own(talk: Conversation) -> None:
    group = await Group.open(talk, is_forum=True)
    cats, dogs = [await talk.telegram.open_topic(group.id, group.ann, name) for name in ("Cats", "Dogs")]
    await group.say(f"{BOT} мой кот Барсик", message_thread_id=cats)
    assert (await group.answer("Барсик"))["message_thread_id"] == cats
    mark = talk.telegram.mark()
    await group.say(f"{BOT} что я спросил раньше?", message_thread_id=dogs)
    elsewhere = await group.answer("Песочница", after=mark)
    await group.say(f"{BOT} что я спросил раньше?", message_thread_id=cats)
    await group.answer("вопросов было: 1")
    assert elsewhere["message_thread_id"] == dogs
    assert "Барсик" not in elsewhere["text"]


@pytest.mark.parametrize(("language", "hello"), [("ru", "Здравствуйте"), ("en", "Hello")])
async def test_whoever_adds_the_bot_is_greeted_in_their_language(
    talk: Conversation, language: str, hello: str
) -> None:
    adder = await talk.telegram.add_user("Kim", language)
    chat_id = await talk.telegram.add_chat([adder, talk.user_id])
    assert hello in (await talk.telegram.wait_for_reply(chat_id))["text"]


async def test_thrown_out_in_the_middle_of_an_answer_and_let_in_again(group: Group) -> None:
    talk = group.talk
    await talk.openai.pace(first_token_ms=20, tokens_per_second=40, tokens=4000)
    await group.say(f"{BOT} длинный рассказ")
    await talk.openai.until_active()
    await talk.telegram.change_member(group.id, BOT_ID, "remove")
    [call] = await talk.openai.until_ended()
    assert call.outcome is Outcome.CLIENT_GONE
    await talk.openai.pace(first_token_ms=20, tokens_per_second=1000, tokens=40)
    mark = talk.telegram.mark()
    await talk.telegram.change_member(group.id, BOT_ID, "add")
    await group.answer("Здравствуйте", after=mark)
    await group.say(f"{BOT} и снова вопрос", user_id=group.bob)
    await group.answer("и снова вопрос")


async def test_a_group_that_becomes_a_supergroup_keeps_memory_and_settings(talk: Conversation) -> None:
    group = await Group.open(talk, type="group")
    await _choose_english(group)
    await group.say(f"{BOT} мой кот Барсик")
    await group.answer("Барсик")
    new_id = await talk.telegram.migrate(group.id)
    await group.say(f"{BOT} что я спросил раньше?", chat_id=new_id)
    await group.answer("Барсик", chat_id=new_id)
    await group.say(f"/frobnicate{BOT}", chat_id=new_id)
    await group.answer("I have no command", chat_id=new_id)


async def test_an_answer_that_was_under_way_follows_its_group(talk: Conversation) -> None:
    group = await Group.open(talk, type="group")
    await talk.openai.pace(first_token_ms=20, tokens_per_second=40, tokens=100)
    await group.say(f"{BOT} вопрос перед переездом")
    await talk.telegram.wait_for_reply(group.id, contains="stop:")
    new_id = await talk.telegram.migrate(group.id)
    answer = await group.answer("перед переездом", chat_id=new_id)
    # The numbers of the old group's messages mean others in the new one.
    assert "reply_to_message" not in answer
    await talk.openai.pace()
    await group.say(f"{BOT} что я спросил раньше?", chat_id=new_id)
    await group.answer("вопросов было: 1", chat_id=new_id)


async def _choose_english(group: Group) -> None:
    telegram = group.talk.telegram
    mark = telegram.mark()
    await group.say(f"/language{BOT}")
    menu = await telegram.wait_for_reply(group.id, after=mark)
    buttons = [button for row in menu["reply_markup"]["inline_keyboard"] for button in row]
    english = next(button["callback_data"] for button in buttons if "English" in button["text"])
    mark = telegram.mark()
    await telegram.press(group.ann, menu["message_id"], english, chat_id=group.id)
    await telegram.wait_for_reply(group.id, contains="Language", after=mark)
