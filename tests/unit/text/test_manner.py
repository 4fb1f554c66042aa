from dataclasses import replace

import pytest

from services.text.attempt import Attempt
from services.text.conversation import Conversation, Finish, Turn, Usage
from services.text.frames import frame
from services.text.manner import Manner
from services.text.prompts import Style
from services.text.question import Question
from services.text.roles import AnswerLength
from services.text.room import Room

MANNER = Manner("Be kind.", max_output_tokens=1000, room=Room(tokens=150, size_bytes=10_000))
USAGE = Usage("openai", "m", 1, 1)


def history(count: int) -> Conversation:
    said = [Turn(str(number), f"q{number}", (), "a" * 200, Finish.STOP, USAGE) for number in range(count)]
    return Conversation(tuple(said), summary="notes")


@pytest.mark.parametrize(
    ("length", "tokens"),
    [(AnswerLength.SHORT, 250), (AnswerLength.NORMAL, 1000), (AnswerLength.DETAILED, 1000)],
)
def test_a_short_answer_may_cost_less(length: AnswerLength, tokens: int) -> None:
    question = Question("t", "c", "Hi", style=Style(answer_length=length))
    request = MANNER.request(Attempt.at(question, Conversation()), Conversation())
    assert request.max_output_tokens == tokens


def test_what_does_not_fit_stays_behind_and_the_summary_goes_along() -> None:
    conversation = history(9)
    request = MANNER.request(Attempt.at(Question("t", "c", "Hi"), conversation), conversation)
    assert [message.parts for message in request.messages if message.role == "user"] == [
        (frame("memory", "notes"), "q7"),
        ("q8",),
        ("Hi",),
    ]


def test_a_new_prompt_is_tried_on_the_focus_group_alone() -> None:
    manner = replace(MANNER, focus_prompt="Be brief.")
    for is_in_focus_group, base in ((True, "Be brief."), (False, "Be kind.")):
        question = Question("t", "c", "Hi", is_in_focus_group=is_in_focus_group)
        request = manner.request(Attempt.at(question, Conversation()), Conversation())
        assert request.instructions.startswith(base)
    question = Question("t", "c", "Hi", is_in_focus_group=True)
    request = MANNER.request(Attempt.at(question, Conversation()), Conversation())
    assert request.instructions.startswith("Be kind.")


def test_a_vendor_is_not_told_who_asks() -> None:
    question = Question("t", "chat-42", "Hi", user_id=4242)
    request = MANNER.request(Attempt.at(question, Conversation()), Conversation())
    assert len({request.caller_key, request.cache_key, "4242", "chat-42"}) == 4
