from quartet.common.v1.caller_pb2 import Caller
from quartet.docs.v1 import document_service_pb2 as pb
from quartet.text.v1 import text_service_pb2 as text

from services.chassis.client import channel
from services.gateway.dialogue import Speaker
from services.gateway.docs_client import DocsClient
from services.gateway.documents import Inquiry, Sources
from services.gateway.people import AnswerLength, Preferences, Role
from tests.support.reading_room import open_reading_room

ANN = Speaker(user_id=1, chat_id=-5, language_code="ru")


async def test_the_chosen_role_length_and_wishes_go_along_with_a_question_about_documents() -> None:
    preferences = Preferences(
        model="m", role=Role.TEACHER, answer_length=AnswerLength.SHORT, wishes="на «ты», пожалуйста"
    )
    inquiry = Inquiry("t", "r", "c", ANN, Sources(()), "?", preferences, "Ann")
    async with open_reading_room() as (room, target), channel(target) as opened:
        async for _event in DocsClient(opened, timeout_seconds=5.0).ask(inquiry):
            pass
        [asked] = room.inquiries
    assert (asked.model, asked.role, asked.answer_length) == (
        "m",
        text.ROLE_TEACHER,
        text.ANSWER_LENGTH_SHORT,
    )
    assert (asked.wishes, asked.speaker_name) == ("на «ты», пожалуйста", "Ann")


async def test_documents_move_with_their_chat() -> None:
    async with open_reading_room() as (room, target), channel(target) as opened:
        client = DocsClient(opened, timeout_seconds=5.0)
        header = pb.DocumentHeader(document_id="d", filename="a.pdf", caller=Caller(chat_id=-5))
        room.keep(header, 1)
        await client.move(-5, -1005, ANN)
        assert [chat_id for chat_id, _ in room.kept] == [-1005]
