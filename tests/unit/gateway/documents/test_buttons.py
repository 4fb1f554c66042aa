import pytest

from services.gateway.buttons import keyboard
from services.gateway.documents.buttons import DocumentPress, DocumentVerb, parse_document_press, press_on
from services.gateway.documents.keyboard import about_row, key_row, marked, rows_under
from services.gateway.wording import Language
from tests.unit.gateway.documents.papers import (
    ANSWER_SUFFIX,
    BOT_ID,
    CHAT_ID,
    DOCUMENT_ID,
    WORDING,
    a_document,
    some_sources,
)

MAX_DATA_BYTES = 64
MAX_BUTTONS_IN_A_ROW = 8


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("is_private", [True, False])
def test_every_button_under_an_answer_fits_telegram_and_means_something(
    language: Language, is_private: bool
) -> None:
    above, below = rows_under(some_sources(), ANSWER_SUFFIX, language, WORDING, is_private=is_private)
    rows = [*above, *below, key_row(DOCUMENT_ID, ANSWER_SUFFIX, language, WORDING)]
    for row in [*rows, about_row(DOCUMENT_ID, language, WORDING)]:
        assert 1 <= len(row) <= MAX_BUTTONS_IN_A_ROW
        for text, data in row:
            assert text
            assert len(data.encode()) <= MAX_DATA_BYTES
            press = parse_document_press(data)
            assert press is not None
            assert press.data == data


def test_a_page_cited_twice_has_one_button_which_names_its_document_where_there_are_several() -> None:
    above, _below = rows_under(some_sources(), ANSWER_SUFFIX, Language.RU, WORDING, is_private=True)
    assert [text for text, _data in above[-1]] == ["2: слайд 999999", "1: стр. 7"]
    alone = some_sources(documents=some_sources().documents[:1], citations=some_sources().citations[1:2])
    above, _below = rows_under(alone, ANSWER_SUFFIX, Language.EN, WORDING, is_private=True)
    assert [text for text, _data in above[-1]] == ["p. 7"]


def test_at_most_eight_pages_have_buttons() -> None:
    cited = some_sources().citations[1]
    many = tuple(type(cited)(DOCUMENT_ID, number) for number in range(1, 30))
    above, _below = rows_under(
        some_sources(citations=many, suggested_questions=()), "7.1", Language.RU, WORDING, is_private=True
    )
    assert [len(row) for row in above] == [4, 4]


def test_a_button_names_its_document_and_its_answer_wherever_it_is_pressed() -> None:
    press = parse_document_press(press_on(DocumentVerb.PAGE, DOCUMENT_ID, 7, ANSWER_SUFFIX).data)
    assert press is not None
    assert press.document_id(BOT_ID, CHAT_ID) == a_document().document_id
    assert press.answer_id(BOT_ID, CHAT_ID) == f"{BOT_ID}.{CHAT_ID}.{ANSWER_SUFFIX}"
    assert (press.number, press.names_document) == (7, True)
    assert not DocumentPress(DocumentVerb.LIST, number=2).names_document


@pytest.mark.parametrize(
    "data", ["", "doc:", "doc:page", "doc:page:7.1", "doc:page:7.1:x", "doc:attic:7.1:1", "pic:page:7.1:1"]
)
def test_data_of_no_button_of_ours_means_nothing(data: str) -> None:
    assert parse_document_press(data) is None


def test_the_way_that_was_chosen_is_marked_and_all_else_stays() -> None:
    above, below = rows_under(some_sources(), ANSWER_SUFFIX, Language.RU, WORDING, is_private=True)
    buttons = keyboard(*above, *below)
    left = marked(buttons, DocumentVerb.LEAVE)
    texts = [button["text"] for button in left["inline_keyboard"][-1]]
    assert texts == ["📄 По документам", "✅ 💬 Обычный чат"]
    assert left["inline_keyboard"][:-1] == buttons["inline_keyboard"][:-1]
    assert marked(left, DocumentVerb.ENTER) == buttons
