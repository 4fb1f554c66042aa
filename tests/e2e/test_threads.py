from typing import Any

import pytest

from tests.e2e.conversation import Conversation

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASSIGNMENT = "Name this conversation."
UNNAMABLE = {"method": "editForumTopic", "kind": "http", "status": 500, "times": 10_000}


async def open_thread(talk: Conversation, text: str) -> int:
    """Opens a thread by writing in it, and waits for the answer."""
    mark = talk.telegram.mark()
    sent = await talk.telegram.send_in_new_thread(talk.user_id, text)
    await answer(talk, mark)
    return int(sent["message"]["message_thread_id"])


async def answer(talk: Conversation, mark: int) -> dict[str, Any]:
    def is_answer(event: dict[str, Any]) -> bool:
        return bool(event["message"]["from"]["is_bot"] and "text" in event["message"])

    event = await talk.telegram.wait_for("message", chat_id=talk.user_id, where=is_answer, after=mark)
    return dict(event["message"])


async def ask(talk: Conversation, thread_id: int, text: str) -> dict[str, Any]:
    mark = talk.telegram.mark()
    await talk.telegram.send(talk.user_id, text, message_thread_id=thread_id)
    return await answer(talk, mark)


async def until_named(talk: Conversation, thread_id: int) -> str:
    def is_named(event: dict[str, Any]) -> bool:
        topic = event.get("topic", {})
        return topic.get("message_thread_id") == thread_id and "is_name_implicit" not in topic

    return str((await talk.telegram.wait_for("chat", chat_id=talk.user_id, where=is_named))["topic"]["name"])


async def names_given(talk: Conversation, thread_id: int) -> list[str]:
    calls = await talk.telegram.calls(method="editForumTopic", chat_id=talk.user_id)
    return [
        str(call["params"]["name"]) for call in calls if int(call["params"]["message_thread_id"]) == thread_id
    ]


async def test_each_thread_is_a_conversation_of_its_own(talk: Conversation) -> None:
    cats = await open_thread(talk, "мой кот Барсик")
    dogs = await open_thread(talk, "моя собака Шарик")
    about_dogs = await ask(talk, dogs, "что я спросил раньше?")
    assert about_dogs["message_thread_id"] == dogs
    assert "Шарик" in about_dogs["text"]
    assert "Барсик" in (await ask(talk, cats, "что я спросил раньше?"))["text"]
    assert "Барсик" not in await talk.ask("что я спросил раньше?")


async def test_a_thread_is_named_once_after_what_is_spoken_of(talk: Conversation) -> None:
    thread = await open_thread(talk, "мой кот Барсик")
    name = await until_named(talk, thread)
    await ask(talk, thread, "ещё вопрос")
    await ask(talk, thread, "и ещё один")
    assert await names_given(talk, thread) == [name]
    assert len([call for call in await talk.openai.calls() if call.text == ASSIGNMENT]) == 1


async def test_a_thread_that_could_not_be_named_is_named_by_the_next_speaker(talk: Conversation) -> None:
    await talk.telegram.faults(UNNAMABLE)
    thread = await open_thread(talk, "мой кот Барсик")
    await talk.stack.kill_speaker()
    await talk.telegram.clear_faults()
    await ask(talk, thread, "ещё вопрос")
    await until_named(talk, thread)


async def test_the_name_that_a_person_gives_stays(talk: Conversation) -> None:
    await talk.telegram.faults(UNNAMABLE)
    thread = await open_thread(talk, "мой кот Барсик")
    await talk.telegram.rename_topic(talk.user_id, thread, talk.user_id, "О кошках")
    chosen = await talk.telegram.open_topic(talk.user_id, talk.user_id, "О собаках")
    await ask(talk, thread, "ещё вопрос")
    await talk.telegram.clear_faults()
    await talk.telegram.forget_calls()
    await ask(talk, chosen, "моя собака Шарик")
    await ask(talk, thread, "и ещё один")
    await ask(talk, chosen, "конец")
    assert await talk.telegram.calls(method="editForumTopic", chat_id=talk.user_id) == []
