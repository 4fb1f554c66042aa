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


def test_a_partial_answer_of_another_run_replaces_a_whole_one() -> None:
    before = conversation("1")
    after = before.place(replace(turn("1", answer="ye", finish=Finish.CANCELLED), run_id="again"))
    assert after.turns[0].answer == "ye"


def test_a_run_that_began_earlier_and_ended_later_does_not_win() -> None:
    before = Conversation((replace(turn("1", answer="new"), run_id="r2", begun_at_ms=2),))
    late = replace(turn("1", answer="ol", finish=Finish.CANCELLED), run_id="r1", begun_at_ms=1)
    assert before.place(late) == before


def test_questions_stand_in_the_order_they_were_asked_whichever_is_answered_first() -> None:
    answered = [replace(turn(str(at)), asked_at_ms=at) for at in (3, 1, 2)]
    found = Conversation()
    for each in answered:
        found = found.place(each)
    assert ids(found) == ["1", "2", "3"]


def test_an_answer_given_anew_stays_where_it_was_asked() -> None:
    before = Conversation(tuple(replace(turn(str(at)), asked_at_ms=at) for at in (1, 2, 3)))
    after = before.place(replace(turn("2", answer="other"), run_id="again", asked_at_ms=9))
    after = after.place(replace(turn("4"), asked_at_ms=4))
    assert ids(after) == ["1", "2", "3", "4"]


def test_moving_in_twice_is_moving_in_once() -> None:
    moved = Conversation((turn("1"),), summary="old notes")
    once = Conversation((turn("2"),), summary="notes").absorb("old", moved)
    assert ids(once) == ["1", "2"]
    assert once.summary == "old notes\n\nnotes"
    assert once.absorb("old", moved) == once


def test_what_began_before_a_move_counts_until_the_conversation_is_cleared() -> None:
    moved = conversation("1").cleared("a")
    here = conversation("2").cleared("b").absorb("old", moved)
    assert here.has_era("a")
    assert here.has_era("b")
    cleared = here.cleared("c")
    assert [era for era in "abc" if cleared.has_era(era)] == ["c"]


@given(st.permutations([0, 0, 1, 1, 2, 2, 3, 3]))
def test_turns_that_end_at_the_same_time_lose_nothing_whatever_the_interleaving(steps: list[int]) -> None:
    """Each writer reads, then writes if nobody wrote since; if somebody did, it begins anew at the end."""
    stored, revision = Conversation(), 0
    read: dict[int, tuple[Conversation, int]] = {}
    queue = list(steps)
    while queue:
        writer = queue.pop(0)
        if writer not in read:
            read[writer] = (stored, revision)
            continue
        found, known_revision = read.pop(writer)
        if known_revision != revision:
            queue += [writer, writer]
            continue
        stored = found.place(replace(turn(str(writer)), asked_at_ms=writer + 1))
        revision += 1
    assert ids(stored) == ["0", "1", "2", "3"]


def test_cyrillic_costs_more_tokens_than_latin() -> None:
    assert estimate_tokens("a" * 100) == 25
    assert estimate_tokens("я" * 100) == 40
