import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from tests.support.admin_service import admin_process
from tests.support.stack import Stack
from tests.support.telegram import Json, SandboxTelegram

pytestmark = pytest.mark.asyncio(loop_scope="session")

OPERATOR: Final = 900_041
NEWS: Final = "Hello! 🎉 Videos are here."
BOLD: Final = {"type": "bold", "offset": 10, "length": 6}


@pytest_asyncio.fixture(loop_scope="session")
async def telegram(lonely_stack: Stack, tmp_path: Path) -> AsyncIterator[SandboxTelegram]:
    """With a gateway and an admin service that know an operator."""
    async with (
        admin_process(lonely_stack.nats_url, tmp_path, OPERATOR_IDS=str(OPERATOR)) as admin,
        SandboxTelegram(lonely_stack.telegram_url) as telegram,
    ):
        target = f"dns:///127.0.0.1:{admin.grpc_port}"
        gateway = await lonely_stack.start_gateway(ADMIN_TARGET=target, OPERATOR_IDS=str(OPERATOR))
        yield telegram
        await gateway.stop()


class Desk:
    """An operator at the bot's menus."""

    def __init__(self, telegram: SandboxTelegram, user_id: int) -> None:
        self.telegram = telegram
        self.user_id = user_id

    async def says(self, text: str, expecting: str, entities: Sequence[Json] = ()) -> Json:
        mark = self.telegram.mark()
        await self.telegram.send(self.user_id, text, entities=list(entities))
        return await self.telegram.wait_for_reply(self.user_id, after=mark, contains=expecting)

    async def presses(self, message: Json, label: str, expecting: str) -> Json:
        buttons = (each for row in message["reply_markup"]["inline_keyboard"] for each in row)
        data = next(each["callback_data"] for each in buttons if label in each["text"])
        mark = self.telegram.mark()
        await self.telegram.press(self.user_id, message["message_id"], data)
        return await self.telegram.wait_for_reply(self.user_id, after=mark, contains=expecting)


async def copies_of(telegram: SandboxTelegram, user_id: int) -> list[Json]:
    return [each for each in (await telegram.view(user_id))["messages"] if each.get("text") == NEWS]


async def test_a_broadcast_is_written_seen_sent_once_and_followed_in_the_chat(
    telegram: SandboxTelegram,
) -> None:
    readers = [await telegram.add_user(name, "en") for name in ("Ann", "Bob")]
    stranger = await telegram.add_user("Ира", "ru")
    for user in (*readers, stranger):
        mark = telegram.mark()
        await telegram.send(user, "2 + 2?")
        await telegram.wait_for_reply(user, after=mark)
    desk = Desk(telegram, await telegram.have_user(OPERATOR, "Оля", "ru"))

    menu = await desk.says("/admin", "Управление ботом")
    casts = await desk.presses(menu, "Рассылки", "Рассылки")
    await desk.presses(casts, "Новая", "Пришлите то")
    whom = await desk.says(NEWS, "Кому отправить", entities=[BOLD])
    sample = await telegram.wait_for_reply(OPERATOR, contains=NEWS)
    assert sample["entities"] == [BOLD]

    sure = await desk.presses(whom, "По-английски", "Отправляем?")
    mark = telegram.mark()
    # Twice, as a finger that slips: both presses are on their way before the menu changes.
    send = sure["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await asyncio.gather(*(telegram.press(OPERATOR, sure["message_id"], send) for _ in range(2)))
    cast = await telegram.wait_for_reply(OPERATOR, after=mark, contains="Videos are here")
    for reader in readers:
        assert (await telegram.wait_for_reply(reader, contains=NEWS))["entities"] == [BOLD]
    async with asyncio.timeout(20):
        while "Разослана" not in cast["text"]:
            cast = await desk.presses(cast, "Обновить", "Videos are here")
    assert "Доставлено: " in cast["text"]
    assert [len(await copies_of(telegram, reader)) for reader in readers] == [1, 1]
    assert await copies_of(telegram, stranger) == []
    listed = await desk.presses(cast, "Назад", "Рассылки")

    cast = await desk.presses(listed, "Hello", "Разослана")
    unsend = await desk.presses(cast, "Удалить у всех", "Вернуть будет нельзя")
    await desk.presses(unsend, "Да, удалить", "Отозвана")
    for reader in readers:
        await telegram.wait_for("delete", chat_id=reader)
        assert await copies_of(telegram, reader) == []
