import pytest

from services.gateway.buttons import keyboard
from services.gateway.documents.buttons import DocumentVerb, press_on
from tests.integration.gateway.documents.desk import Desk, Json, buttons_in

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def opened_list(desk: Desk) -> Json:
    mark = desk.telegram.mark()
    await desk.say("/docs")
    return await desk.reply("Ваши документы", after=mark)


async def pressed(desk: Desk, message: Json, text: str, contains: str) -> Json:
    mark = desk.telegram.mark()
    await desk.press(message, text)
    return await desk.reply(contains, after=mark)


async def test_several_documents_are_marked_and_asked_at_once(desk: Desk) -> None:
    ids = [desk.keep(name) for name in ("Первый.pdf", "Второй.pdf")]
    listed = await pressed(desk, await opened_list(desk), "Первый", "Ваши документы")
    assert {"✅ Первый", "⬜ Второй"} <= {text for text, _data in buttons_in(listed)}
    await pressed(desk, listed, "Второй", "Ваши документы")
    answer = await desk.ask("Что общего?")
    (inquiry,) = desk.room.inquiries
    assert list(inquiry.document_ids) == ids
    assert {"1: стр. 7", "2: стр. 7"} <= {text for text, _data in buttons_in(answer)}


async def test_a_document_gets_another_title_by_the_next_message(desk: Desk) -> None:
    await desk.gather()
    document_id = desk.keep("Договор.pdf")
    page = await pressed(desk, await opened_list(desk), "⋯", "12 страниц")
    asked = await pressed(desk, page, "Переименовать", "Как назвать")
    mark = desk.telegram.mark()
    await desk.say("Аренда  на 2027 год", reply_to_message_id=asked["message_id"])
    named = await desk.reply("Переименовал", after=mark)
    assert "Аренда на 2027 год" in named["text"]
    assert desk.room.kept[desk.chat_id, document_id].title == "Аренда на 2027 год"


async def test_a_document_that_is_deleted_is_asked_no_more(desk: Desk) -> None:
    document_id = desk.keep("Договор.pdf")
    former = await desk.hang_up_answer(document_id)
    await desk.press(former, "По документу")
    asked = await desk.hang_up(keyboard([("Да", press_on(DocumentVerb.GONE, document_id, 1).data)]))
    mark = desk.telegram.mark()
    assert "удалён" in await desk.press(asked, "Да")
    await desk.reply("Здесь пока пусто", after=mark)
    await desk.say("ERROR_REASON_CONTENT_REJECTED")
    await desk.reply("отказался отвечать", after=mark)


async def test_in_a_group_only_admins_delete_and_a_reply_to_the_list_asks_what_is_marked(desk: Desk) -> None:
    await desk.gather()
    document_id = desk.keep("Договор.pdf")
    creator, desk.user_id = desk.user_id, await desk.telegram.add_user("Борис", "ru")
    await desk.telegram.change_member(desk.chat_id, desk.user_id, "add")
    marked = await pressed(desk, await opened_list(desk), "Договор", "Ваши документы")
    answer = await desk.ask("Что там?", reply_to_message_id=marked["message_id"])
    assert list(desk.room.inquiries[0].document_ids) == [document_id]
    page = await pressed(desk, answer, "О документе", "12 страниц")
    assert page["message_id"] != answer["message_id"]
    assert "только её администраторы" in await desk.press(page, "Удалить")
    desk.user_id = creator
    asked = await pressed(desk, page, "Удалить", "Удалить «Договор»?")
    await pressed(desk, asked, "Да, удалить", "Здесь пока пусто")
    assert desk.room.kept == {}
