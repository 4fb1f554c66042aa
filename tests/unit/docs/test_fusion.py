from services.docs.fusion import fused


def test_what_several_rankings_have_near_the_top_comes_first() -> None:
    assert [number for number, _ in fused([[1, 2, 3], [4, 2, 5]])] == [2, 1, 4, 3, 5]


def test_one_ranking_stays_as_it_is() -> None:
    assert [number for number, _ in fused([[7, 3, 5], []])] == [7, 3, 5]
