import pytest

from services.docs.finding import Index
from services.docs.passages import passages_of
from services.docs.readers.base import Page
from services.docs.selecting import selected, shares, size_of
from services.docs.words import Words


def book(count: int = 40) -> list[Page]:
    return [Page(number, f"Глава {number} о разном. " * 20) for number in range(1, count + 1)]


def numbers(pages: list[Page]) -> list[int]:
    return [page.number for page in pages]


def test_small_documents_get_all_they_need_and_large_ones_share_the_rest() -> None:
    assert shares([100, 5000, 9000], 6100) == [100, 3000, 3000]
    assert shares([100, 200], 1000) == [100, 200]
    assert shares([500], 300) == [300]


@pytest.mark.parametrize(
    "question",
    ["Что на странице 17?", "см. стр. 17", "what does page 17 say", "а на 17-й странице?", "слайд №17"],
)
def test_a_page_that_the_question_names_comes_along(question: str) -> None:
    assert 17 in numbers(selected(book(), [], question, room=3000))


def test_where_nothing_is_found_the_beginning_comes_along() -> None:
    chosen = selected(book(), [], "Who wrote it?", room=2000)
    assert numbers(chosen)[:2] == [1, 2]
    assert size_of(chosen) <= 2000 + 40 * len(chosen)


def test_of_a_page_that_is_very_long_the_passages_that_matter_come_along() -> None:
    rows = "\n\n".join(f"Строка {n}: товар обычный, цена {n} рублей." for n in range(3000))
    needle = "Самовар тульский стоит 9900 рублей."
    sheet = Page(1, f"{rows}\n\n{needle}\n\n{rows}")
    index = Index(list(passages_of([sheet])), Words())
    question = "Сколько стоит самовар?"
    (chosen,) = selected([sheet], index.find(question), question, room=20_000)
    assert needle in chosen.text
    assert len(chosen.text) <= 5000


def test_a_page_that_is_too_long_and_has_nothing_is_cut() -> None:
    (chosen,) = selected([Page(1, "слово " * 10_000)], [], "", room=8000)
    assert len(chosen.text) <= 2000
    assert chosen.text.endswith("[…]")
