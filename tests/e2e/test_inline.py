import pytest

from tests.e2e.conversation import Conversation

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_in_a_chat_of_two_people_is_answered_in_the_place_of_its_message(
    talk: Conversation,
) -> None:
    telegram = talk.telegram
    dialogue = await telegram.add_dialogue(talk.user_id, await telegram.add_user("Борис", "ru"))
    query = await telegram.ask_inline(talk.user_id, "почему небо синее?", chat_id=dialogue)
    offered, *_ = await telegram.inline_results(query)
    assert await talk.openai.calls() == []
    mark = telegram.mark()
    chosen = await telegram.choose_inline(talk.user_id, query, offered["id"], chat_id=dialogue)
    answered = await telegram.wait_for(
        "edit",
        chat_id=dialogue,
        where=lambda event: "Песочница" in event["message"].get("text", ""),
        after=mark,
    )
    assert answered["message"]["message_id"] == chosen["message"]["message_id"]
    assert "почему небо синее?" in answered["message"]["text"]
