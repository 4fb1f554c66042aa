from typing import Any

import pytest

from tests.e2e.conversation import Conversation
from tests.e2e.test_answer_buttons import data_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def table(talk: Conversation) -> dict[str, Any]:
    """The answer that holds a table."""
    mark = talk.telegram.mark()
    await talk.telegram.send(talk.user_id, "таблица")
    return await next_answer(talk, mark)


async def next_answer(talk: Conversation, mark: int) -> dict[str, Any]:
    def is_answer(event: dict[str, Any]) -> bool:
        return bool(event["message"]["from"]["is_bot"])

    event = await talk.telegram.wait_for("message", chat_id=talk.user_id, where=is_answer, after=mark)
    return dict(event["message"])


async def test_a_table_comes_as_a_rich_message(talk: Conversation) -> None:
    answer = await table(talk)
    kinds = [block["type"] for block in answer["rich_message"]["blocks"]]
    assert "table" in kinds
    assert len(await talk.telegram.calls(chat_id=talk.user_id)) <= 6


async def test_a_rich_answer_becomes_plain_and_so_do_those_that_follow(talk: Conversation) -> None:
    answer = await table(talk)
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, answer["message_id"], data_of(answer, "plain"))
    event = await talk.telegram.wait_for("edit", chat_id=talk.user_id, after=mark)
    assert event["message"]["message_id"] == answer["message_id"]
    assert "rich_message" not in event["message"]
    assert "Юпитер" in event["message"]["text"]
    assert "Юпитер" in (await table(talk))["text"]


async def test_the_source_of_a_rich_answer_can_be_copied(talk: Conversation) -> None:
    answer = await table(talk)
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, answer["message_id"], data_of(answer, "copy"))
    copy = await next_answer(talk, mark)
    assert "| Юпитер |" in copy["text"]
    assert copy["entities"][0]["type"] == "pre"


async def test_a_rich_message_that_telegram_refuses_comes_in_plain_ones(talk: Conversation) -> None:
    await talk.telegram.faults({"method": "sendRichMessage", "kind": "http", "status": 400, "times": 1})
    answer = await table(talk)
    assert "Юпитер" in answer["text"]
    assert len(await talk.telegram.texts(talk.user_id)) == 1


async def test_a_very_long_answer_also_comes_as_a_file(talk: Conversation) -> None:
    await talk.openai.pace(tokens_per_second=20000)
    mark = talk.telegram.mark()
    await talk.telegram.send(talk.user_id, "long 3500")
    event = await talk.telegram.wait_for(
        "message",
        chat_id=talk.user_id,
        where=lambda event: "document" in event["message"],
        after=mark,
        timeout_seconds=30,
    )
    document = event["message"]["document"]
    assert document["file_name"] == "answer.md"
    content = (await talk.telegram.download(document["file_id"])).decode()
    assert len(content.split()) == 3500 + len(["🧪", "Sandbox:"])
