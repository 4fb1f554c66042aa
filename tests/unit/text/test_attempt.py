from dataclasses import replace

import pytest

from services.chassis.errors import ResourceNotFound
from services.text.attempt import Attempt
from services.text.conversation import Conversation, Finish, Material, Turn, Usage
from services.text.prompts import Style
from services.text.question import Question, RunKind
from services.text.tasks import Task

USAGE = Usage("openai", "gpt-6-luna", 1, 1)
FORMER = Turn("t", "Tell me", (Material("a", "b"),), "Once upon", Finish.CANCELLED, USAGE, speaker="Ann")


def attempt(kind: RunKind, run_id: str, former: Turn = FORMER) -> Attempt:
    return Attempt.at(Question("t", "c", "Other", run_id=run_id, run_kind=kind), Conversation((former,)))


def ended(taken: Attempt, said: str, finish: Finish = Finish.STOP) -> Turn:
    turn = taken.turn(said, finish, USAGE, failed_over=False)
    assert turn is not None
    return turn


def test_an_edited_question_replaces_the_question_and_its_answer() -> None:
    turn = ended(attempt(RunKind.ANSWER, "r2"), "Fine")
    assert (turn.instruction, turn.answer, turn.run, turn.wasted_runs) == ("Other", "Fine", "r2", 0)


def test_another_answer_is_one_to_the_stored_question() -> None:
    turn = ended(attempt(RunKind.REGENERATE, "r2"), "There was")
    assert (turn.instruction, turn.materials, turn.speaker) == ("Tell me", FORMER.materials, "Ann")
    assert turn.answer == "There was"


def test_an_answer_that_goes_on_is_appended() -> None:
    turn = ended(attempt(RunKind.CONTINUE, "r2"), " a time")
    assert turn.answer == "Once upon a time"
    assert turn.answer[turn.continued_at :] == " a time"


def test_a_continuation_that_was_cut_off_is_run_anew_from_where_it_began() -> None:
    cut = ended(attempt(RunKind.CONTINUE, "r2"), " a ti", Finish.CANCELLED)
    turn = ended(attempt(RunKind.CONTINUE, "r2", cut), " a time")
    assert (turn.answer, turn.wasted_runs) == ("Once upon a time", 1)
    after = ended(attempt(RunKind.CONTINUE, "r3", cut), "me")
    assert (after.answer, after.wasted_runs) == ("Once upon a time", 0)


@pytest.mark.parametrize("kind", [RunKind.REGENERATE, RunKind.CONTINUE])
def test_a_turn_is_left_as_it_was_when_nothing_new_was_said(kind: RunKind) -> None:
    assert attempt(kind, "r2").turn("", Finish.CANCELLED, USAGE, failed_over=False) is None


@pytest.mark.parametrize("kind", [RunKind.REGENERATE, RunKind.CONTINUE])
def test_a_turn_that_is_not_remembered_cannot_be_taken_up(kind: RunKind) -> None:
    with pytest.raises(ResourceNotFound):
        Attempt.at(Question("t", "c", run_kind=kind), Conversation())


def test_a_turn_of_old_is_run_by_its_own_id() -> None:
    old = replace(FORMER, run_id="")
    assert attempt(RunKind.ANSWER, "", old).wasted_runs == 1


def test_what_is_brought_along_again_takes_the_place_of_what_may_have_been_cut_since() -> None:
    whole = Material("[1]", "all of the page")
    question = Question("t", "c", run_id="r2", run_kind=RunKind.REGENERATE, materials=(whole,))
    turn = ended(Attempt.at(question, Conversation((FORMER,))), "There was")
    assert (turn.instruction, turn.materials) == ("Tell me", (whole,))


def test_of_pages_only_their_marks_are_remembered() -> None:
    """Whoever has the document brings the pages along; kept, each later question would pay for them again."""
    style = Style(task=Task.ANSWER_FROM_PAGES)
    question = Question("t", "c", "When?", materials=(Material("[1]", "On Monday."),), style=style)
    taken = Attempt.at(question, Conversation())
    assert taken.saying.materials == question.materials
    assert ended(taken, "On Monday [1].").materials == (Material("[1]", ""),)
