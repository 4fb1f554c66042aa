from uuid import uuid4

from tests.support.openai import OpenAIStandIn
from tests.support.text_service import TextCaller


async def test_all_conversations_of_a_chat_are_handed_out_and_forgotten_and_no_others(
    text: TextCaller, vendor: OpenAIStandIn
) -> None:
    chat = f"tg.1.{uuid4().int >> 90}"
    mine, another = (f"{chat}.0", f"{chat}.7"), f"{chat}9.0"
    for number, conversation_id in enumerate((*mine, another)):
        await text.ask(f"turn-{number}", f"question {number}", conversation_id=conversation_id)

    exported = await text.exported(chat)
    assert {each.conversation_id for each in exported} == set(mine)
    assert sorted(each.turns[0].instruction for each in exported) == ["question 0", "question 1"]
    assert all(each.turns[0].answer and each.turns[0].HasField("ask_time") for each in exported)

    assert await text.forget_all(chat) == 2
    assert await text.forget_all(chat) == 0
    assert await text.exported(chat) == []
    assert (await text.conversation(another)).turn_count == 1
