import pytest

from services.docs.choosing import pages_for
from services.docs.finding import Found, Index
from services.docs.passages import Passage, passages_of
from services.docs.readers.base import Page
from services.docs.words import Words

TEXTS = (
    "Арендатор вносит плату за помещение до пятого числа каждого месяца.",
    "Договоры расторгаются по соглашению сторон. Предупреждение — за тридцать дней.",
    "The tenant must insure the premises against fire.",
    "Приложение. Перечень мебели: столы, стулья, шкафы.",
)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index([Passage(number, text) for number, text in enumerate(TEXTS, start=1)], Words())


@pytest.mark.parametrize(
    ("question", "page_number"),
    [
        ("Когда платить за аренду помещения?", 1),
        ("как расторгнуть договор", 2),
        ("Is insurance against fires needed?", 3),
        ("есть ли стулья?", 4),
    ],
)
def test_a_passage_is_found_by_other_forms_of_its_words(
    index: Index, question: str, page_number: int
) -> None:
    assert index.find(question)[0].passage.page_number == page_number


@pytest.mark.parametrize("question", ["", "и в на", "бегемот"])
def test_what_no_passage_speaks_of_finds_nothing(index: Index, question: str) -> None:
    assert index.find(question) == []


def test_an_index_of_nothing_finds_nothing() -> None:
    assert Index([], Words()).find("аренда") == []


def test_passages_hold_all_words_and_never_cross_pages() -> None:
    pages = [Page(1, "Заголовок\n\n" + "слово. " * 500), Page(2, "\n\n".join(["абзац " * 30] * 20))]
    passages = list(passages_of(pages))
    for page in pages:
        said = " ".join(each.text for each in passages if each.page_number == page.number)
        assert said.split().count(page.text.split()[-1]) == page.text.split().count(page.text.split()[-1])
    assert max(len(each.text) for each in passages) <= 1400


def test_pages_come_in_their_order_with_neighbours_as_far_as_there_is_room() -> None:
    pages = {number: Page(number, "x" * 100) for number in range(1, 10)}
    found = [Found(0, Passage(7, ""), 3.0), Found(1, Passage(2, ""), 2.0)]
    chosen = pages_for(found, pages, max_characters=400)
    assert [page.number for page in chosen] == [2, 6, 7, 8]
    assert [page.number for page in pages_for(found, pages, max_characters=200)] == [2, 7]
