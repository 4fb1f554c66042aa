from services.docs.fusion import fused


def order(by_words: list[int], by_meaning: list[int]) -> list[int]:
    return [number for number, _score in fused(by_words, by_meaning)]


def test_what_both_rankings_have_near_the_top_comes_first() -> None:
    assert order([1, 2, 3], [4, 2, 5])[:2] == [2, 1]


def test_what_words_do_not_find_stands_among_the_first_without_pushing_aside_what_they_find() -> None:
    assert order([*range(1, 11)], [20, 21])[:8] == [1, 2, 3, 4, 5, 6, 7, 20]


def test_where_words_find_nothing_meaning_decides() -> None:
    assert order([], [7, 3, 5]) == [7, 3, 5]
