import json

import pytest
import pytest_asyncio

from services.chassis.audit import STREAM
from services.chassis.jetstream import connect
from tests.e2e.chatter import Chatter, labels_of
from tests.e2e.conversation import Conversation
from tests.e2e.speakers import OPERATOR_ID
from tests.support.telegram import Json

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def person(talk: Conversation) -> Chatter:
    return Chatter(talk.stack, talk.telegram, talk.user_id, talk.user_id)


@pytest_asyncio.fixture(loop_scope="session")
async def operator(talk: Conversation) -> Chatter:
    await talk.telegram.have_user(OPERATOR_ID, "Оля", "ru")
    return Chatter(talk.stack, talk.telegram, OPERATOR_ID, OPERATOR_ID)


async def says(who: Chatter, text: str, expecting: str) -> Json:
    mark = who.telegram.mark()
    await who.say(text)
    return await who.seen(mark, text=expecting)


async def presses(who: Chatter, message: Json, label: str, expecting: str) -> Json:
    mark = who.telegram.mark()
    await who.press(message, label)
    return await who.seen(mark, text=expecting)


async def test_an_operator_bans_somebody_and_lets_them_in_again_from_the_chat(
    person: Chatter, operator: Chatter
) -> None:
    menu = await says(operator, "/admin", "Управление ботом")
    await presses(operator, menu, "Человек", "О ком речь")
    card = await says(operator, str(person.user_id), f"👤 {person.user_id}")
    banned = await presses(operator, card, "Забанить", "⛔ Забанен")
    assert banned["message_id"] == card["message_id"]
    limits = await presses(operator, banned, "Лимиты", f"Лимиты {person.user_id}")
    await presses(operator, limits, "Назад", f"👤 {person.user_id}")
    await person.say("я ещё здесь?")
    await presses(operator, banned, "Разбанить", f"👤 {person.user_id}")
    await says(person, "а теперь?", "а теперь?")
    assert not any("я ещё здесь?" in message.get("text", "") for message in await person.messages())
    async with connect(person.stack.nats_url, name="test") as nats:
        last = await nats.js.get_last_msg(STREAM, "audit.person.set")
        deed = json.loads(last.data or b"{}")
    assert (deed["user_id"], deed["role"], deed["address"], deed["outcome"]) == (
        OPERATOR_ID,
        "operator",
        "telegram",
        "done",
    )
    assert deed["details"] == {"id": str(person.user_id), "is_banned": "False", "ban_reason": ""}


async def test_an_operator_answers_a_letter_from_the_chat(person: Chatter, operator: Chatter) -> None:
    await says(person, "/feedback Нельзя ли покороче?", "передал команде")
    menu = await says(operator, "/admin", "Управление ботом")
    letter = await presses(operator, menu, "Отзывы", "Нельзя ли покороче?")
    assert str(person.user_id) in letter["text"]
    await presses(operator, letter, "Ответить", "Что ответить?")
    mark = person.telegram.mark()
    await says(operator, "Можно: длина ответа есть в настройках", "отмечен отвеченным")
    answer = await person.seen(mark, text="Можно: длина ответа")
    assert "Команда бота отвечает" in answer["text"]


async def test_an_operator_sees_what_needs_attention_in_the_same_message(operator: Chatter) -> None:
    menu = await says(operator, "/admin", "Управление ботом")
    screen = await presses(operator, menu, "Тревог", "требует внимания")
    assert screen["message_id"] == menu["message_id"]
    await presses(operator, screen, "Назад", "Управление ботом")


async def test_maintenance_begins_and_ends_from_the_chat(person: Chatter, operator: Chatter) -> None:
    menu = await says(operator, "/admin", "Управление ботом")
    mode = await presses(operator, menu, "Режим", "Кому бот отвечает")
    on = await presses(operator, mode, "Начать обслуживание", "Идёт обслуживание")
    try:
        mark = person.telegram.mark()
        await person.say("есть кто?")
        told = await person.seen(mark)
        assert "есть кто?" not in told["text"]
    finally:
        off = await presses(operator, on, "Закончить обслуживание", "Кому бот отвечает")
    assert "Начать обслуживание" in labels_of(off)
    await says(person, "а теперь есть?", "а теперь есть?")


async def test_who_leaves_a_letter_unanswered_writes_to_nobody(person: Chatter, operator: Chatter) -> None:
    await says(person, "/feedback Ещё одно замечание", "передал команде")
    menu = await says(operator, "/admin", "Управление ботом")
    letter = await presses(operator, menu, "Отзывы", "Ещё одно замечание")
    await presses(operator, letter, "Ответить", "Что ответить?")
    await presses(operator, letter, "Назад", "Управление ботом")
    await says(operator, "это вопрос к модели", "это вопрос к модели")
    assert not any("вопрос к модели" in message.get("text", "") for message in await person.messages())
