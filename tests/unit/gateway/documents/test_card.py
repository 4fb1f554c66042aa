import pytest

from services.gateway.documents import PagesRead, PageUnit
from services.gateway.documents.card import card_of
from services.gateway.documents.menu import document_page, list_page
from services.gateway.documents.names import shown_name
from services.gateway.documents.opening import Opening
from services.gateway.rendering import FormattedText, utf16_length
from services.gateway.wording import Language
from tests.unit.gateway.documents.papers import DOCUMENT_ID, OTHER_ID, WORDING, a_document

MAX_CARD_UTF16 = 2000


def test_a_card_says_what_a_document_is_in_correct_russian() -> None:
    card = card_of([a_document()], [], Language.RU, WORDING, is_private=True)
    assert card.text.split("\n") == [
        "📄 Договор аренды",
        "PDF · 21 страница · русский · распознано 3 страницы",
        "",
        "Содержание:",
        "• Договор (1)",
        "• Цена (2)",
        "• Срок (4)",
        "",
        "Спрашивайте дальше – отвечаю по этому документу.",
    ]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("unit", list(PageUnit))
def test_whatever_is_in_a_file_a_card_is_short(unit: PageUnit, language: Language) -> None:
    headings = a_document().outline * 500
    vast = a_document(title="щ" * 5000, unit=unit, page_count=2000, language_code="tlh", outline=headings)
    unread = [("z" * 300, WORDING.say("document-locked", language))]
    for documents in ([vast], [vast] * 10):
        card = card_of(documents, unread, language, WORDING, is_private=False)
        assert utf16_length(card.text) <= MAX_CARD_UTF16
        marked = [entity for entity in card.entities if entity.end > utf16_length(card.text)]
        assert not marked


def test_a_name_moves_nothing_and_hides_nothing() -> None:
    assert shown_name("отчёт\u202efdp.exe\n\tв 2 частях") == "отчёт fdp.exe в 2 частях"
    assert len(shown_name("x" * 500)) == 60


def test_how_far_documents_are_read_is_said_of_each_and_then_what_they_are() -> None:
    opening = Opening(("a.pdf", "b.pdf"))
    assert opening.text(Language.RU, WORDING).text == "1/2 · 📄 Читаю «a.pdf»…"
    opening.begin(1)
    opening.pages_read = PagesRead(3, 40, is_recognising=False)
    assert opening.text(Language.EN, WORDING).text == "2/2 · 📄 Reading “b.pdf”… 3 of 40"
    opening.pages_read = PagesRead(4, 40, is_recognising=True)
    assert "Распознаю" in opening.text(Language.RU, WORDING).text
    opening.card = FormattedText("card")
    assert opening.text(Language.RU, WORDING).text == "card"


@pytest.mark.parametrize("language", list(Language))
def test_the_list_has_pages_and_marks_what_is_asked(language: Language) -> None:
    documents = [a_document(document_id=f"{DOCUMENT_ID}{number}") for number in range(14)]
    documents.append(a_document(document_id=OTHER_ID, title="Последний"))
    page = list_page(documents, {OTHER_ID}, 99, language, WORDING, is_private=True)
    titles = [row[0][0] for row in page.rows if len(row) == 2]
    assert titles[:3] == ["⬜ Договор аренды", "⬜ Договор аренды", "✅ Последний"]
    walking = page.rows[3]
    assert [text for text, _data in walking] == ["⬅️", "3/3", "➡️"]
    assert all(len(data.encode()) <= 64 for row in page.rows for _text, data in row)


def test_a_documents_page_leads_back_to_the_list_it_came_from() -> None:
    page = document_page(a_document(), 3, Language.EN, WORDING, note="✅ Renamed.")
    assert page.text.startswith("✅ Renamed.\n\n📄 Договор аренды\n")
    assert page.rows[-1][0][1] == "doc:list:-:3"
    for entity in page.entities:
        assert entity["offset"] + entity["length"] <= utf16_length(page.text)
