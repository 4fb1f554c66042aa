from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.docs.citing import Attribution, Cited, cited
from services.docs.marks import Marks, Place
from services.docs.readers.base import Page
from services.docs.words import Words

GIVEN = (Place(1, 3), Place(1, 12))
LEASE = Page(3, "Общие слова о доме.\n\nСрок аренды — один год. Цена — 40 000 рублей в месяц.")
FURNITURE = Page(3, "Стулья и столы стоят на складе.")


def read(*places: Place, documents: int = 1, pages: dict[Place, Page] | None = None) -> Marks:
    return Marks(places, documents=documents, attribute=Attribution(pages or {}, Words()))


def shown(marks: Marks, *deltas: str) -> str:
    return "".join(map(marks.feed, deltas)) + marks.end()


def test_a_mark_of_a_page_that_was_given_is_shown_and_noted() -> None:
    marks = read(*GIVEN)
    assert shown(marks, "Срок год [3], цена ниже [12].") == "Срок год [3], цена ниже [12]."
    assert marks.places == [Place(1, 3), Place(1, 12)]


def test_a_mark_of_a_page_that_was_not_given_is_taken_out() -> None:
    assert shown(read(*GIVEN), "Срок год [4], так [12].") == "Срок год, так [12]."


@given(st.lists(st.integers(min_value=1, max_value=40), max_size=6))
def test_it_does_not_matter_where_an_answer_is_cut_into_deltas(cuts: list[int]) -> None:
    answer = "Срок год [3] и [4]. Список: [12][99], [x], a [1:3] конец ["
    whole = shown(read(*GIVEN), answer)
    edges = [0, *sorted(cuts), len(answer)]
    pieces = [answer[begin:end] for begin, end in pairwise(edges)]
    assert shown(read(*GIVEN), *pieces) == whole


def test_the_second_documents_pages_are_its_own() -> None:
    marks = read(Place(1, 3), Place(2, 5), documents=2)
    assert shown(marks, "а [1:3] б [2:5] в [2:3]") == "а [1:3] б [2:5] в"


def test_a_mark_without_a_document_means_the_one_whose_page_bears_it_out() -> None:
    pages = {Place(1, 3): FURNITURE, Place(2, 3): LEASE}
    marks = read(*pages, documents=2, pages=pages)
    assert shown(marks, "Вот что там. Срок аренды один ", "год. [", "3] Погода хорошая [3].") == (
        "Вот что там. Срок аренды один год. [2:3] Погода хорошая."
    )
    assert marks.places == [Place(2, 3)]


def test_the_passage_behind_a_statement_is_found_on_its_page() -> None:
    answer = "Договор заключён сроком на один год [3]. А цена — сорок тысяч."
    assert cited(answer, {Place(1, 3): LEASE}, Words()) == [Cited(Place(1, 3), "Срок аренды — один год.")]


def test_a_page_that_says_nothing_of_the_statement_is_cited_as_a_whole() -> None:
    assert cited("Погода хорошая [3].", {Place(1, 3): FURNITURE}, Words()) == [Cited(Place(1, 3))]


def test_a_mark_after_its_sentence_belongs_to_it() -> None:
    answer = "Цена — 40 000 рублей в месяц. [3]"
    assert cited(answer, {Place(1, 3): LEASE}, Words()) == [
        Cited(Place(1, 3), "Цена — 40 000 рублей в месяц.")
    ]
