from services.gateway.people import AWAITING_SECONDS, Awaited, Awaiting

ASKED_AT = 1_700_000_000.0
ASKED = Awaiting(what=Awaited.WISHES, user_id=42, thread_id=7, since=ASKED_AT)


def test_the_next_message_is_the_one_that_was_asked_for() -> None:
    assert ASKED.is_met_by("turn", 7, ASKED_AT + 60)


def test_a_question_sent_before_stays_a_question_however_late_its_turn_comes() -> None:
    assert not ASKED.is_met_by("turn", 7, ASKED_AT - 0.1)


def test_a_message_in_another_thread_is_not_meant() -> None:
    assert not ASKED.is_met_by("turn", 8, ASKED_AT + 60)


def test_nobody_is_waited_for_forever() -> None:
    assert not ASKED.is_met_by("turn", 7, ASKED_AT + AWAITING_SECONDS + 1)


def test_a_message_that_is_handled_again_after_a_kill_is_the_one_still_and_the_next_is_not() -> None:
    answered = ASKED.model_copy(update={"answered_by": "turn"})
    assert answered.is_met_by("turn", 7, ASKED_AT + 60)
    assert not answered.is_met_by("next turn", 7, ASKED_AT + 61)
