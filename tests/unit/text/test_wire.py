import pytest
from quartet.common.v1.caller_pb2 import Caller
from quartet.text.v1 import text_service_pb2 as pb

from services.text import wire
from services.text.question import RunKind
from services.text.roles import AnswerLength, Role


@pytest.mark.parametrize(
    ("values", "names", "usual"),
    [
        (pb.Role.items(), wire.ROLES, pb.ROLE_ASSISTANT),
        (pb.AnswerLength.items(), wire.ANSWER_LENGTHS, pb.ANSWER_LENGTH_NORMAL),
        (pb.RunKind.items(), wire.RUN_KINDS, pb.RUN_KIND_ANSWER),
    ],
)
def test_every_value_of_the_contract_but_the_usual_has_a_meaning(
    values: list[tuple[str, int]], names: dict[int, object], usual: int
) -> None:
    assert set(names) == {value for _name, value in values} - {0, usual}
    assert len(set(names.values())) == len(names)


def test_a_request_is_read_whole() -> None:
    read = wire.question(
        pb.StreamReplyRequest(
            caller=Caller(user_id=7, language_code="ru"),
            turn_id="1",
            conversation_id="c",
            run_id="2",
            run_kind=pb.RUN_KIND_CONTINUE,
            role=pb.ROLE_EDITOR,
            wishes="Rhyme",
            answer_length=pb.ANSWER_LENGTH_SHORT,
            speaker_name="Ann",
        ),
        "m",
    )
    assert (read.run, read.run_kind, read.speaker, read.model) == ("2", RunKind.CONTINUE, "Ann", "m")
    assert (read.style.role, read.style.answer_length) == (Role.EDITOR, AnswerLength.SHORT)
    assert (read.style.wishes, read.style.language_code) == ("Rhyme", "ru")


def test_a_caller_that_names_no_run_means_the_turn_itself() -> None:
    read = wire.question(pb.StreamReplyRequest(turn_id="1", role=99), "m")  # type: ignore[arg-type]
    assert (read.run, read.run_kind, read.style.role) == ("1", RunKind.ANSWER, Role.ASSISTANT)
