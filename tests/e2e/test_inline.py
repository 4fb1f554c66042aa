from typing import Any

import pytest
import pytest_asyncio

from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from tests.e2e.conversation import Conversation
from tests.e2e.test_answer_buttons import data_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASKED = "почему небо синее?"


async def chosen(talk: Conversation, dialogue: int, asked: str = ASKED) -> int:
    """Sends what is offered for a question; the id of the message that becomes the answer."""
    query = await talk.telegram.ask_inline(talk.user_id, asked, chat_id=dialogue)
    [offered] = await talk.telegram.inline_results(query)
    sent = await talk.telegram.choose_inline(talk.user_id, query, offered["id"], chat_id=dialogue)
    return int(sent["message"]["message_id"])


async def shown(talk: Conversation, dialogue: int, *, contains: str = "", is_final: bool = True) -> Any:
    """The message once it shows this: an answer that grows has the button to stop it, a final one none."""

    def fits(event: dict[str, Any]) -> bool:
        message = event["message"]
        return contains in message["text"] and ("reply_markup" not in message) is is_final

    return (await talk.telegram.wait_for("edit", chat_id=dialogue, where=fits))["message"]


@pytest_asyncio.fixture(loop_scope="session")
async def dialogue(talk: Conversation) -> int:
    """The chat of two people, one of whom has never spoken to the bot."""
    return await talk.telegram.add_dialogue(talk.user_id, await talk.telegram.add_user("Boris", "en"))


async def test_whoever_types_is_offered_their_question_and_no_model_is_asked(talk: Conversation) -> None:
    for typed in ("поч", "почему", ASKED):
        query = await talk.telegram.ask_inline(talk.user_id, typed)
        [offered] = await talk.telegram.inline_results(query)
        assert offered["description"] == typed
    [hint] = await talk.telegram.inline_results(await talk.telegram.ask_inline(talk.user_id, " "))
    assert "Спросите" in hint["title"]
    assert await talk.openai.calls() == []


async def test_a_question_in_a_chat_of_two_people_is_answered_in_the_place_of_its_message(
    talk: Conversation, dialogue: int
) -> None:
    message_id = await chosen(talk, dialogue)
    answer = await shown(talk, dialogue, contains="Песочница")
    assert answer["message_id"] == message_id
    assert answer["text"].startswith(f"{ASKED}\n")
    assert answer["entities"][0]["type"] == "blockquote"
    assert len(await talk.openai.calls()) == 1


@pytest.mark.parametrize("who", ["asker", "other"])
async def test_both_may_stop_the_answer_while_it_is_written(talk: Conversation, who: str) -> None:
    other = await talk.telegram.add_user("Boris", "en")
    dialogue = await talk.telegram.add_dialogue(talk.user_id, other)
    await talk.openai.pace(first_token_ms=20, tokens_per_second=50, tokens=2000)
    await chosen(talk, dialogue)
    growing = await shown(talk, dialogue, contains="Песочница", is_final=False)
    assert growing["text"].startswith(ASKED)
    presser = talk.user_id if who == "asker" else other
    await talk.telegram.press(presser, growing["message_id"], data_of(growing, "stop"), chat_id=dialogue)
    stopped = await shown(talk, dialogue, contains="⏹")
    assert ASKED in stopped["text"]
    [call] = await talk.openai.until_ended()
    assert call.outcome is Outcome.CLIENT_GONE


async def test_of_an_answer_too_long_for_one_message_the_beginning_is_shown_and_a_note(
    talk: Conversation, dialogue: int
) -> None:
    await talk.openai.pace(tokens_per_second=20000)
    await chosen(talk, dialogue, "длинный рассказ 1500")
    answer = await shown(talk, dialogue, contains="не поместилось")
    assert answer["text"].startswith("длинный рассказ 1500\n🧪 Песочница")
    assert len(answer["text"]) > 3000


async def test_a_question_that_fails_gets_an_honest_sentence_under_it(
    talk: Conversation, dialogue: int
) -> None:
    await talk.openai.fail(FaultKind.MODERATION)
    await chosen(talk, dialogue)
    apology = await shown(talk, dialogue, contains="правила безопасности")
    assert apology["text"].startswith(f"{ASKED}\n")


async def test_a_speaker_killed_while_it_answers_is_replaced_there_too(
    talk: Conversation, dialogue: int
) -> None:
    await talk.openai.pace(first_token_ms=20, tokens_per_second=50, tokens=2000)
    message_id = await chosen(talk, dialogue)
    await shown(talk, dialogue, contains="Песочница", is_final=False)
    await talk.stack.kill_speaker()
    await talk.openai.pace(first_token_ms=20, tokens_per_second=1000, tokens=30)
    answer = await talk.telegram.wait_for(
        "edit",
        chat_id=dialogue,
        where=lambda event: "reply_markup" not in event["message"],
        timeout_seconds=30,
    )
    assert answer["message"]["message_id"] == message_id
