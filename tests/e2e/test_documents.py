import asyncio
from pathlib import Path
from typing import Final

import pytest
from PIL import ImageChops

from tests.e2e.chatter import labels_of
from tests.e2e.readers import DocumentReader
from tests.support.documents import encrypted, pdf
from tests.support.office_files import archive_file

pytestmark = pytest.mark.asyncio(loop_scope="session")

OUTLINE: Final = ("Предмет договора", "Цена", "Сроки")
PAGES: Final = (
    ("Предмет договора", "Исполнитель ставит окна в доме заказчика по улице Садовой."),
    ("Цена", "Цена работ составляет сорок семь тысяч рублей, аванс не нужен."),
    ("Сроки", "Работы начинаются первого марта и кончаются десятого апреля."),
)
YELLOW: Final = 60
"""How much less blue than red there is where a passage is marked."""


def contract(folder: Path) -> bytes:
    return pdf(folder / "contract.pdf", PAGES, title="Договор на окна", outline=OUTLINE).read_bytes()


async def test_a_pdf_with_a_question_is_described_and_answered_with_the_page_as_a_picture(
    reader: DocumentReader, tmp_path: Path
) -> None:
    card, answer = await reader.reads(contract(tmp_path), "Договор.pdf", "Сколько стоит работа?")
    assert "Договор на окна\nPDF · 3 страницы · русский" in card["text"]
    assert "Цена (2)" in card["text"]
    assert "сорок семь тысяч" in answer["text"]
    shown, picture = await reader.page(answer)
    assert "Договор на окна" in shown["caption"]
    assert min(picture.size) > 500
    red, _green, blue = picture.convert("RGB").split()
    marked = ImageChops.subtract(red, blue).histogram()[YELLOW:]
    assert sum(marked) > 200


async def test_a_pdf_alone_is_summarised_and_its_suggested_questions_are_asked_by_a_press(
    reader: DocumentReader, tmp_path: Path
) -> None:
    _card, summary = await reader.reads(contract(tmp_path), "Договор.pdf")
    suggested = labels_of(summary)[0]
    assert suggested.endswith("?")
    mark = reader.telegram.mark()
    await reader.press(summary, suggested[:20])
    asked = await reader.answered(mark)
    assert asked["message_id"] != summary["message_id"]


async def test_follow_up_questions_are_answered_after_everything_was_killed(
    reader: DocumentReader, tmp_path: Path
) -> None:
    await reader.reads(contract(tmp_path), "Договор.pdf", "Сколько стоит работа?")
    stack = reader.stack
    await stack.kill("docs")
    await stack.kill_speaker()
    await asyncio.gather(*map(stack.until_ready, (*stack.gateways, "docs")))
    answer = await reader.asks("Когда начинаются работы?")
    assert "Когда начинаются работы?" in answer["text"]
    assert "стр. 1" in labels_of(answer)


async def test_two_documents_are_asked_at_once_and_each_page_is_named_with_its_own(
    reader: DocumentReader, tmp_path: Path
) -> None:
    await reader.reads(contract(tmp_path), "Договор.pdf")
    other = pdf(tmp_path / "b.pdf", [("Смета", "Стекло стоит девять тысяч рублей за окно.")], title="Смета")
    await reader.reads(other.read_bytes(), "Смета.pdf")
    mark = reader.telegram.mark()
    await reader.say("/docs")
    listed = await reader.seen(mark, text="Ваши документы: 2")
    mark = reader.telegram.mark()
    await reader.press(listed, "Договор")
    await reader.seen(mark, reply_markup="✅")
    answer = await reader.asks("Что сколько стоит?")
    assert {"1: стр. 1", "2: стр. 1"} <= {*labels_of(answer)}


async def test_a_locked_pdf_asks_for_its_password_until_it_is_right(
    reader: DocumentReader, tmp_path: Path
) -> None:
    locked = tmp_path / "locked.pdf"
    locked.write_bytes(contract(tmp_path))
    encrypted(locked, "тайна")
    mark = reader.telegram.mark()
    await reader.bring(locked.read_bytes(), "Тайный.pdf", "Сколько стоит работа?")
    await reader.seen(mark, text="закрыт паролем")
    mark = reader.telegram.mark()
    await reader.say("не тот")
    await reader.seen(mark, text="не подошёл")
    mark = reader.telegram.mark()
    await reader.say("тайна")
    assert "сорок семь" in (await reader.answered(mark))["text"]
    said = str(await reader.telegram.view(reader.user_id))
    assert "тайна" not in said


async def test_a_hostile_file_gets_its_sentence_and_the_next_one_is_read(
    reader: DocumentReader, tmp_path: Path
) -> None:
    bomb = archive_file(tmp_path / "bomb.docx", {"word/document.xml": "<a>" + "lol" * 40_000_000})
    mark = reader.telegram.mark()
    await reader.bring(bomb.read_bytes(), "bomb.docx")
    begun = await reader.seen(mark, text="Читаю")
    _card, answer = await reader.reads(contract(tmp_path), "Договор.pdf", "Сколько стоит работа?")
    assert "сорок семь" in answer["text"]
    messages = {message["message_id"]: message["text"] for message in await reader.messages()}
    assert "распаковывается" in messages[begun["message_id"]]


async def test_a_file_beyond_what_bots_may_fetch_is_refused_at_once(reader: DocumentReader) -> None:
    mark = reader.telegram.mark()
    await reader.bring(b"%PDF-" + b"x" * 20_000_001, "Большой.pdf")
    await reader.seen(mark, text="20 МБ")
    fetched = await reader.telegram.calls(method="getFile", chat_id=reader.user_id)
    assert not fetched


async def test_a_reading_that_is_killed_half_way_leaves_one_card(
    reader: DocumentReader, tmp_path: Path
) -> None:
    long = pdf(tmp_path / "long.pdf", [(f"Страница {number}", "Текст.") for number in range(400)])
    mark = reader.telegram.mark()
    await reader.bring(long.read_bytes(), "Длинный.pdf", "О чём это?")
    await reader.seen(mark, text="Читаю")
    await reader.stack.kill("docs")
    await reader.stack.kill_speaker()
    await reader.answered(mark)
    cards = [message for message in await reader.messages() if "400 страниц" in message.get("text", "")]
    assert len(cards) == 1


async def test_a_deleted_document_is_gone_with_its_pages(reader: DocumentReader, tmp_path: Path) -> None:
    _card, answer = await reader.reads(contract(tmp_path), "Договор.pdf", "Сколько стоит работа?")
    mark = reader.telegram.mark()
    await reader.say("/docs")
    listed = await reader.seen(mark, text="Ваши документы: 1")
    for label, shown in (("⋯", "Переименовать"), ("Удалить", "Да, удалить")):
        mark = reader.telegram.mark()
        await reader.press(listed, label)
        listed = await reader.seen(mark, reply_markup=shown)
    mark = reader.telegram.mark()
    await reader.press(listed, "Да, удалить")
    await reader.seen(mark, text="пусто")
    query = await reader.press(answer, "стр.")
    told = await reader.telegram.wait_for(
        "callback_answer", where=lambda event: bool(event["callback_query_id"] == query)
    )
    assert "Этого документа у меня нет" in told["text"]
