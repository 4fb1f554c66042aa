import pytest

from tests.integration.gateway.documents.desk import SUMMARY, Desk, buttons_in
from tests.support.reading_room import BROKEN, LOCKED, PASSWORD, SUGGESTED
from tests.support.studio import a_jpeg

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_document_is_read_described_and_summarised(desk: Desk) -> None:
    desk.room.read_on.clear()
    mark = desk.telegram.mark()
    message_id = await desk.bring()
    begun = await desk.reply("Читаю «Договор.pdf»", after=mark)
    assert [text for text, _data in buttons_in(begun)] == ["✖️ Отменить"]
    await desk.reply("3 из 12", after=mark)
    desk.room.read_on.set()
    card = await desk.reply("Договор\nPDF · 12 страниц · русский", after=mark)
    assert card["message_id"] == begun["message_id"]
    assert "Введение (1)" in card["text"]
    summary = await desk.reply(SUMMARY, after=mark, final=True)
    texts = [text for text, _data in buttons_in(summary)]
    assert [*SUGGESTED, "стр. 7"] == texts[:3]
    assert {"✅ 📄 По документу", "💬 Обычный чат"} <= {*texts}
    (header,) = desk.room.headers
    assert f".{desk.user_id}.{message_id}." in header.document_id
    assert (header.filename, header.size_bytes) == ("Договор.pdf", len(b"a file"))
    assert header.caller.chat_id == desk.user_id


async def test_a_caption_is_answered_instead_of_a_summary(desk: Desk) -> None:
    mark = desk.telegram.mark()
    await desk.bring(caption="Сколько стоит?")
    await desk.reply("«Сколько стоит?»", after=mark, final=True)
    (inquiry,) = desk.room.inquiries
    assert inquiry.question == "Сколько стоит?"


async def test_a_reply_to_a_file_of_someone_else_reads_it_and_answers(desk: Desk) -> None:
    await desk.gather()
    sent = await desk.telegram.send_document(desk.user_id, b"a file", "Смета.pdf", chat_id=desk.chat_id)
    mark = desk.telegram.mark()
    file_id = sent["message"]["message_id"]
    await desk.say(**await desk.mentioning("Сколько?"), reply_to_message_id=file_id)
    answer = await desk.reply("«Сколько?»", after=mark, final=True)
    assert "Чтобы спросить об этом документе, ответьте" in answer["text"]
    again = await desk.ask("А срок?", reply_to_message_id=answer["message_id"])
    assert again["reply_to_message"]
    assert len(desk.room.headers) == 1
    assert len({inquiry.document_ids[0] for inquiry in desk.room.inquiries}) == 1


async def test_an_album_is_asked_about_as_a_whole(desk: Desk) -> None:
    mark = desk.telegram.mark()
    files = [("document", b"one"), ("document", BROKEN), ("document", b"three")]
    await desk.telegram.send_album(desk.user_id, files, caption="Что это?")
    card = await desk.reply("файл повреждён", after=mark)
    assert "📄 1. " in card["text"]
    assert "📄 2. " in card["text"]
    await desk.reply("«Что это?»", after=mark, final=True)
    (inquiry,) = desk.room.inquiries
    assert len(inquiry.document_ids) == 2


async def test_a_cancelled_reading_stops_the_service_and_can_be_tried_again(desk: Desk) -> None:
    await desk.gather()
    desk.room.read_on.clear()
    mark = desk.telegram.mark()
    await desk.bring()
    begun = await desk.reply("Читаю", after=mark)
    await desk.room.has_begun.wait()
    await desk.press(begun, "Отменить")
    stopped = await desk.reply("Чтение отменено", after=mark)
    assert desk.room.cancelled == [desk.room.headers[0].document_id]
    desk.room.read_on.set()
    mark = desk.telegram.mark()
    await desk.press(stopped, "Ещё раз")
    await desk.reply(SUMMARY, after=mark, final=True)
    assert len({header.document_id for header in desk.room.headers}) == 1


async def test_a_file_that_cannot_be_read_is_explained_and_the_chat_is_normal_again(desk: Desk) -> None:
    mark = desk.telegram.mark()
    await desk.bring(BROKEN)
    refused = await desk.reply("файл повреждён", after=mark)
    assert not buttons_in(refused)
    await desk.say("ERROR_REASON_CONTENT_REJECTED")
    await desk.reply("отказался отвечать", after=mark)


async def test_what_is_too_large_and_what_is_no_document_is_said_without_fetching_it(desk: Desk) -> None:
    mark = desk.telegram.mark()
    await desk.bring(b"x" * 1_000_001)
    await desk.reply("не больше 1 МБ", after=mark)
    mark = desk.telegram.mark()
    await desk.bring(b"film", "film.mp4", mime_type="video/mp4")
    await desk.reply("Такие файлы я не читаю", after=mark)
    assert desk.room.headers == []


async def test_a_locked_document_is_opened_with_the_next_message_which_is_deleted(desk: Desk) -> None:
    mark = desk.telegram.mark()
    await desk.bring(LOCKED, caption="Сколько?")
    await desk.reply("закрыт паролем", after=mark)
    mark = desk.telegram.mark()
    await desk.say("не тот")
    wrong = await desk.reply("Пароль не подошёл", after=mark)
    mark = desk.telegram.mark()
    sent = await desk.say(PASSWORD, reply_to_message_id=wrong["message_id"])
    await desk.reply("«Сколько?»", after=mark, final=True)
    secret_id = sent["message"]["message_id"]
    await desk.telegram.wait_for("delete", where=lambda event: secret_id in event["message_ids"], after=mark)
    assert [header.password for header in desk.room.headers] == ["", "не тот", PASSWORD]
    assert [inquiry.question for inquiry in desk.room.inquiries] == ["Сколько?"]


async def test_a_picture_whose_text_is_wanted_is_read_as_a_document(desk: Desk) -> None:
    mark = desk.telegram.mark()
    await desk.telegram.send_photo(desk.user_id, a_jpeg((255, 255, 255)), caption="Распознай текст")
    await desk.reply("«Распознай текст»", after=mark, final=True)
    (header,) = desk.room.headers
    assert header.mime_type == "image/jpeg"


async def test_a_successor_reads_on_under_the_same_id_in_the_same_message(desk: Desk) -> None:
    await desk.gather()
    desk.room.read_on.clear()
    mark = desk.telegram.mark()
    await desk.bring()
    begun = await desk.reply("Читаю", after=mark)
    await desk.close_gateway()
    desk.open_gateway()
    desk.room.read_on.set()
    summary = await desk.reply(SUMMARY, after=mark, final=True)
    assert summary["message_id"] == begun["message_id"]
    assert len({header.document_id for header in desk.room.headers}) == 1
