import pytest
from quartet.docs.v1 import document_service_pb2 as pb

from tests.integration.gateway.documents.desk import SUMMARY, Desk, buttons_in
from tests.support.reading_room import PASSAGE, SUGGESTED

pytestmark = pytest.mark.asyncio(loop_scope="package")
REFUSED = "ERROR_REASON_CONTENT_REJECTED"
"""What the text service of these tests refuses: so it was asked, and no document."""


async def test_what_is_said_next_is_about_the_document_until_one_leaves_it(desk: Desk) -> None:
    document_id = desk.keep("Договор.pdf")
    former = await desk.hang_up_answer(document_id)
    assert "Отвечаю по документу" in await desk.press(former, "По документу")
    answer = await desk.ask("Сколько стоит?")
    assert "стр. 7" in [text for text, _data in buttons_in(answer)]
    assert "Снова обычный разговор" in await desk.press(answer, "Обычный чат")
    mark = desk.telegram.mark()
    await desk.say(REFUSED)
    await desk.reply("отказался отвечать", after=mark)
    assert [inquiry.document_ids for inquiry in desk.room.inquiries] == [[document_id]]


async def test_a_reply_to_an_old_answer_is_about_its_documents_though_its_record_is_gone(desk: Desk) -> None:
    document_id = desk.keep("Договор.pdf")
    former = await desk.hang_up_answer(document_id)
    await desk.ask("А срок?", reply_to_message_id=former["message_id"])
    assert list(desk.room.inquiries[0].document_ids) == [document_id]


async def test_a_new_conversation_leaves_the_document(desk: Desk) -> None:
    former = await desk.hang_up_answer(desk.keep("Договор.pdf"))
    await desk.press(former, "По документу")
    mark = desk.telegram.mark()
    await desk.say("/new")
    await desk.reply("Начинаем заново", after=mark)
    await desk.say(REFUSED)
    await desk.reply("отказался отвечать", after=mark)


async def test_a_question_sent_right_after_a_document_waits_until_it_is_read(desk: Desk) -> None:
    desk.room.read_on.clear()
    mark = desk.telegram.mark()
    await desk.bring(caption="Что это?")
    await desk.reply("Читаю", after=mark)
    await desk.say("Сколько стоит?")
    desk.room.read_on.set()
    await desk.reply("«Сколько стоит?»", after=mark, final=True)
    asked = next(inquiry for inquiry in desk.room.inquiries if inquiry.question == "Сколько стоит?")
    assert list(asked.document_ids) == [desk.room.headers[0].document_id]


async def test_a_cited_page_comes_as_a_picture_with_its_passage_marked_even_after_a_restart(
    desk: Desk,
) -> None:
    _card, summary = await desk.read()
    await desk.close_gateway()
    desk.open_gateway()
    mark = desk.telegram.mark()
    await desk.press(summary, "стр. 7")
    page = await desk.reply("Договор · стр. 7", after=mark)
    assert page["photo"]
    assert page["reply_to_message"]["message_id"] == summary["message_id"]
    (place,) = desk.room.drawn
    assert (place.page_number, place.passage) == (7, PASSAGE)


async def test_a_page_of_an_old_answer_comes_without_a_mark(desk: Desk) -> None:
    former = await desk.hang_up_answer(desk.keep("Договор.pdf"))
    mark = desk.telegram.mark()
    await desk.press(former, "стр. 7")
    await desk.reply("Договор · стр. 7", after=mark)
    (place,) = desk.room.drawn
    assert (place.page_number, place.passage) == (7, "")


async def test_a_document_that_is_gone_is_said_to_be_gone_and_the_chat_is_normal_again(desk: Desk) -> None:
    former = await desk.hang_up_answer(desk.keep("Договор.pdf"))
    await desk.press(former, "По документу")
    desk.room.kept.clear()
    assert "Этого документа у меня нет" in await desk.press(former, "стр. 7")
    mark = desk.telegram.mark()
    await desk.say("Сколько стоит?")
    await desk.reply("Этого документа у меня нет", after=mark)
    await desk.say(REFUSED)
    await desk.reply("отказался отвечать", after=mark)


async def test_a_suggested_question_is_asked_by_its_button(desk: Desk) -> None:
    document_id = desk.keep("Договор.pdf")
    former = await desk.hang_up_answer(document_id)
    mark = desk.telegram.mark()
    await desk.press(former, SUGGESTED[1])
    answer = await desk.reply(f"«{SUGGESTED[1]}»", after=mark, final=True)
    assert answer["text"].startswith(f"{SUGGESTED[1]}\n")
    (inquiry,) = desk.room.inquiries
    assert (inquiry.question, list(inquiry.document_ids)) == (SUGGESTED[1], [document_id])


async def test_another_answer_takes_the_place_of_the_former_and_the_description_stays(desk: Desk) -> None:
    card, summary = await desk.read()
    mark = desk.telegram.mark()
    await desk.press(summary, "Другой ответ")
    again = await desk.reply(SUMMARY, after=mark, final=True)
    assert again["message_id"] == card["message_id"]
    assert again["text"].startswith("📄 Договор\n")
    first, second = desk.room.inquiries
    assert first.turn_id == second.turn_id != second.run_id


async def test_an_answer_that_ended_early_is_gone_on_with(desk: Desk) -> None:
    former = await desk.hang_up_answer(desk.keep("Договор.pdf"))
    desk.room.is_truncated = True
    answer = await desk.ask("Расскажи всё", reply_to_message_id=former["message_id"])
    assert "предела длины" in answer["text"]
    desk.room.is_truncated = False
    mark = desk.telegram.mark()
    await desk.press(answer, "Продолжить")
    await desk.reply("Расскажи всё", after=mark, final=True)
    begun, rest = desk.room.inquiries
    assert (rest.turn_id, rest.question) == (begun.turn_id, begun.question)
    assert rest.run_id != begun.run_id
    assert rest.run_kind == pb.RUN_KIND_CONTINUE


async def test_an_answer_that_fails_is_explained_below_the_description_and_can_be_tried_again(
    desk: Desk,
) -> None:
    await desk.gather()
    desk.room.fails_with = "ERROR_REASON_PROVIDER_UNAVAILABLE"
    mark = desk.telegram.mark()
    await desk.bring()
    failed = await desk.reply("не отвечает", after=mark)
    assert failed["text"].startswith("📄 Договор\n")
    desk.room.fails_with = ""
    mark = desk.telegram.mark()
    await desk.press(failed, "Ещё раз")
    summary = await desk.reply(SUMMARY, after=mark, final=True)
    assert "12 страниц" in summary["text"]
    assert len(desk.room.headers) == 1


async def test_an_edited_question_is_answered_anew_from_the_document(desk: Desk) -> None:
    former = await desk.hang_up_answer(desk.keep("Договор.pdf"))
    await desk.press(former, "По документу")
    sent = await desk.say("Скока стоит?")
    mark = desk.telegram.mark()
    await desk.telegram.edit(desk.user_id, sent["message"]["message_id"], "Сколько стоит?")
    await desk.reply("«Сколько стоит?»", after=mark, final=True)
