from typing import Any

import pytest

from services.sandbox.vendor.faults import FaultKind
from tests.e2e.conversation import Conversation
from tests.e2e.test_answer_buttons import asked, data_of
from tests.support import media

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def voiced(talk: Conversation, mark: int) -> dict[str, Any]:
    """The voice message that the bot sends."""

    def is_voice(event: dict[str, Any]) -> bool:
        return "voice" in event["message"] and bool(event["message"]["from"]["is_bot"])

    event = await talk.telegram.wait_for("message", chat_id=talk.user_id, where=is_voice, after=mark)
    return dict(event["message"])


async def test_an_answer_is_spoken_on_request_under_the_written_one(talk: Conversation) -> None:
    answer = await asked(talk, "Сколько планет?")
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, answer["message_id"], data_of(answer, "say"))
    voice = await voiced(talk, mark)
    assert voice["reply_to_message"]["message_id"] == answer["message_id"]
    assert voice["voice"]["mime_type"] == "audio/ogg"
    assert (await talk.telegram.download(voice["voice"]["file_id"])).startswith(b"OggS")


async def test_who_speaks_is_answered_by_voice_where_the_chat_wants_it(talk: Conversation) -> None:
    menu = await asked(talk, "/voice")
    rows = [button["callback_data"] for row in menu["reply_markup"]["inline_keyboard"] for button in row]
    press = next(data for data in rows if "to_voice" in data)
    query = await talk.telegram.press(talk.user_id, menu["message_id"], press)
    await talk.telegram.wait_for("callback_answer", where=lambda event: query in str(event))
    mark = talk.telegram.mark()
    await asked(talk, "вопрос словами")
    await talk.telegram.send_voice(talk.user_id, media.ogg(1.0))
    await voiced(talk, mark)
    view = await talk.telegram.view(talk.user_id)
    spoken = [message for message in view["messages"] if "voice" in message]
    assert [message["from"]["is_bot"] for message in spoken] == [False, True]


async def test_a_voice_that_cannot_be_made_is_said_in_words(talk: Conversation) -> None:
    answer = await asked(talk, "Сколько планет?")
    await talk.openai.fail(FaultKind.OUT_OF_FUNDS)
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, answer["message_id"], data_of(answer, "say"))
    await talk.telegram.wait_for_reply(talk.user_id, after=mark, contains="закончились средства")
