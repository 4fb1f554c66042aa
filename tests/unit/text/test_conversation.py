from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.conversation import Conversation, Finish, Material, Turn, Usage, estimate_tokens

USAGE = Usage("openai", "gpt-6-luna", 1, 1)


def turn(
    turn_id: str,
    *,
    instruction: str = "question",
    materials: tuple[Material, ...] = (),
    answer: str = "yes",
    finish: Finish = Finish.STOP,
) -> Turn:
    return Turn(turn_id, instruction, materials, answer, finish, USAGE)


def conversation(*turn_ids: str) -> Conversation:
    return Conversation(tuple(map(turn, turn_ids)))


def ids(found: Conversation) -> list[str]:
    return [each.turn_id for each in found.turns]


def test_a_new_turn_is_placed_at_the_end() -> None:
    assert ids(conversation("1", "2").place(turn("3"))) == ["1", "2", "3"]


@pytest.mark.parametrize("finish", [Finish.CANCELLED, Finish.INTERRUPTED])
def test_a_turn_run_again_replaces_the_unfinished_one_where_it_stood(finish: Finish) -> None:
    before = Conversation((turn("1"), turn("2", answer="ye", finish=finish), turn("3")))
    after = before.place(turn("2", answer="yes"))
    assert ids(after) == ["1", "2", "3"]
    assert after.turns[1].answer == "yes"


def test_a_partial_answer_does_not_replace_a_whole_one() -> None:
    before = conversation("1")
    assert before.place(turn("1", answer="y", finish=Finish.CANCELLED)) == before


@pytest.mark.parametrize(
    ("finish", "is_complete"),
    [
        (Finish.STOP, True),
        (Finish.LENGTH, True),
        (Finish.CANCELLED, False),
        (Finish.INTERRUPTED, False),
    ],
)
def test_only_an_answer_that_came_to_its_end_is_complete(finish: Finish, is_complete: bool) -> None:
    assert turn("1", finish=finish).is_complete is is_complete


def test_a_turn_is_asked_with_what_was_said_before_it() -> None:
    said = conversation("1", "2", "3")
    assert [each.turn_id for each in said.before("2")] == ["1"]
    assert [each.turn_id for each in said.before("new")] == ["1", "2", "3"]


def test_the_oldest_turns_are_forgotten_first() -> None:
    long = Conversation(tuple(turn(str(number), answer="word " * 100) for number in range(10)))
    kept = long.trimmed(max_tokens=450, max_bytes=100_000)
    assert ids(kept) == ["7", "8", "9"]


def test_a_single_turn_that_is_too_large_keeps_its_answer_and_loses_material() -> None:
    material = Material("book", "слово " * 10_000)
    large = turn("1", materials=(material, material))
    [kept] = Conversation((large,)).trimmed(max_tokens=10, max_bytes=5000).turns
    assert kept.answer == "yes"
    assert kept.size_bytes <= 5000
    assert kept.materials[0].text.endswith("[…]")


texts = st.text(max_size=300)
turns = st.builds(
    lambda number, instruction, answer, materials: turn(
        str(number), instruction=instruction, answer=answer, materials=tuple(materials)
    ),
    st.integers(0, 20),
    texts,
    texts,
    st.lists(st.builds(Material, texts, texts), max_size=2),
)


@given(st.lists(turns, max_size=8, unique_by=lambda each: each.turn_id), st.integers(0, 2000))
def test_what_is_kept_is_the_newest_and_within_the_limit(said: list[Turn], max_bytes: int) -> None:
    kept = Conversation(tuple(said)).trimmed(max_tokens=10_000, max_bytes=max_bytes)
    assert ids(kept) == [each.turn_id for each in said][len(said) - len(kept.turns) :]
    assert len(kept.turns) >= min(len(said), 1)
    if kept.turns:
        bare = replace(kept.turns[-1], materials=())
        assert sum(each.size_bytes for each in kept.turns) <= max(max_bytes, bare.size_bytes)


def test_cyrillic_costs_more_tokens_than_latin() -> None:
    assert estimate_tokens("a" * 100) == 25
    assert estimate_tokens("я" * 100) == 40
