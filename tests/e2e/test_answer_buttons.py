from typing import Any

import pytest

from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from tests.e2e.conversation import Conversation

pytestmark = pytest.mark.asyncio(loop_scope="session")


def data_of(message: dict[str, Any], press: str) -> str:
    """The callback data of the button that asks for `press`."""
    rows = message["reply_markup"]["inline_keyboard"]
    return str(next(b["callback_data"] for row in rows for b in row if b["callback_data"].startswith(press)))


async def asked(talk: Conversation, text: str) -> dict[str, Any]:
    mark = talk.telegram.mark()
    await talk.telegram.send(talk.user_id, text)
    return await talk.telegram.wait_for_reply(talk.user_id, after=mark)


async def replaced(talk: Conversation, message_id: int, mark: int) -> dict[str, Any]:
    """The message once a final answer stands in it: one with other buttons than Stop."""

    def is_final(event: dict[str, Any]) -> bool:
        message = event["message"]
        buttons = message.get("reply_markup", {}).get("inline_keyboard", [[{"callback_data": ""}]])
        is_growing = buttons[0][0].get("callback_data", "").startswith("stop:")
        return message["message_id"] == message_id and not is_growing

    event = await talk.telegram.wait_for("edit", chat_id=talk.user_id, where=is_final, after=mark)
    return dict(event["message"])


async def test_another_answer_takes_the_place_of_the_first(talk: Conversation) -> None:
    first = await asked(talk, "Сколько планет?")
    await talk.openai.pace(first_token_ms=20, tokens_per_second=1000, tokens=60)
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, first["message_id"], data_of(first, "again"))
    second = await replaced(talk, first["message_id"], mark)
    assert "Сколько планет?" in second["text"]
    assert len(await talk.telegram.texts(talk.user_id)) == 1
    assert len([call for call in await talk.openai.calls() if "планет" in call.text]) == 2
    # The model remembers the question once.
    assert "вопросов было: 1" in await talk.ask("что я спросил раньше?")


async def test_an_answer_that_was_stopped_goes_on_from_where_it_was(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=20, tokens_per_second=50, tokens=2000)
    await talk.telegram.send(talk.user_id, "Расскажи длинный рассказ")
    await talk.telegram.wait_for(
        "draft", chat_id=talk.user_id, where=lambda event: len(event["draft"]["text"]) > 20
    )
    await talk.telegram.stop(talk.user_id)
    stopped = await talk.telegram.wait_for_reply(talk.user_id)
    await talk.openai.pace(first_token_ms=20, tokens_per_second=1000, tokens=30)
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, stopped["message_id"], data_of(stopped, "more"))
    rest = await talk.telegram.wait_for_reply(talk.user_id, after=mark)
    assert rest["text"]
    assert len(await talk.telegram.texts(talk.user_id)) == 2
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, rest["message_id"], data_of(rest, "again"))
    await replaced(talk, stopped["message_id"], mark)
    await talk.telegram.wait_for("delete", chat_id=talk.user_id, after=mark)
    assert len(await talk.telegram.texts(talk.user_id)) == 1


async def test_an_answer_that_failed_is_tried_again_in_its_place(talk: Conversation) -> None:
    await talk.openai.fail(FaultKind.OUT_OF_FUNDS)
    apology = await asked(talk, "Сколько планет?")
    assert "средства" in apology["text"]
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, apology["message_id"], data_of(apology, "try"))
    answer = await replaced(talk, apology["message_id"], mark)
    assert "Сколько планет?" in answer["text"]
    assert len(await talk.telegram.texts(talk.user_id)) == 1


async def test_what_moderation_refused_is_not_offered_again(talk: Conversation) -> None:
    await talk.openai.fail(FaultKind.MODERATION)
    apology = await asked(talk, "вопрос")
    assert "reply_markup" not in apology


async def test_another_answer_that_fails_leaves_the_first_one_standing(talk: Conversation) -> None:
    first = await asked(talk, "Сколько планет?")
    await talk.openai.fail(FaultKind.MODERATION)
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, first["message_id"], data_of(first, "again"))
    await talk.telegram.wait_for_reply(talk.user_id, after=mark, contains="правила безопасности")
    assert first["text"] in await talk.telegram.texts(talk.user_id)


async def test_an_edited_question_gets_its_answer_in_the_place_of_the_former(talk: Conversation) -> None:
    sent = await talk.telegram.send(talk.user_id, "Сколько планет?")
    first = await talk.telegram.wait_for_reply(talk.user_id)
    mark = talk.telegram.mark()
    await talk.telegram.edit(talk.user_id, sent["message"]["message_id"], "Сколько звёзд?")
    second = await replaced(talk, first["message_id"], mark)
    assert "Сколько звёзд?" in second["text"]
    remembered = await talk.ask("что я спросил раньше?")
    assert "звёзд" in remembered
    assert "планет" not in remembered


async def test_an_edit_ends_the_answer_to_the_former_wording(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=20, tokens_per_second=20, tokens=4000)
    sent = await talk.telegram.send(talk.user_id, "Расскажи про планеты")
    await talk.telegram.wait_for(
        "draft", chat_id=talk.user_id, where=lambda event: len(event["draft"]["text"]) > 10
    )
    await talk.openai.pace(first_token_ms=20, tokens_per_second=1000, tokens=30)
    await talk.telegram.edit(talk.user_id, sent["message"]["message_id"], "Расскажи про звёзды")
    await talk.telegram.wait_for(
        "edit", chat_id=talk.user_id, where=lambda event: "звёзды" in event["message"]["text"]
    )
    [cut] = [call for call in await talk.openai.until_ended(2) if "планеты" in call.text]
    assert cut.outcome is Outcome.CLIENT_GONE


async def test_a_button_pressed_twice_asks_once(talk: Conversation) -> None:
    first = await asked(talk, "Сколько планет?")
    await talk.openai.pace(first_token_ms=300, tokens_per_second=1000, tokens=60)
    mark = talk.telegram.mark()
    presses = [
        await talk.telegram.press(talk.user_id, first["message_id"], data_of(first, "again"))
        for _ in range(3)
    ]
    await replaced(talk, first["message_id"], mark)
    # Whatever else was pressed comes before the answer to a later question.
    await talk.ask("вопрос после")
    assert len([call for call in await talk.openai.calls() if "планет" in call.text]) == 2
    assert len(await talk.telegram.texts(talk.user_id)) == 2
    assert all([(await talk.telegram.callback(press))["answered"] for press in presses])
