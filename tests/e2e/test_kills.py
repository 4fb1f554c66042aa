import asyncio
import re

import pytest

from tests.e2e.conversation import Conversation

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("edge", "times_seen"),
    [
        ("reply.intended", 1),
        # The one instant that nobody can see into: sent again, marked.
        ("reply.accepted", 2),
        ("reply.recorded", 1),
    ],
)
async def test_a_speaker_killed_at_an_edge_leaves_one_whole_answer(
    talk: Conversation, edge: str, times_seen: int
) -> None:
    talk.stack.arm(edge)
    await talk.telegram.send(talk.user_id, "вопрос перед гибелью")
    await talk.stack.until_fired(edge)
    # The next question is answered after whatever was left of the first.
    await talk.telegram.send(talk.user_id, "вопрос после")
    await talk.telegram.wait_for_reply(talk.user_id, contains="вопрос после", timeout_seconds=30)
    texts = await talk.telegram.texts(talk.user_id)
    firsts = [text for text in texts if "перед гибелью" in text]
    assert len(firsts) == times_seen
    assert len(texts) == times_seen + 1
    assert all("Попробуйте слова" in text for text in texts), "an answer is not whole"
    assert [("прийти дважды" in text) for text in firsts[1:]] == [True] * (times_seen - 1)


async def test_a_speaker_killed_mid_answer_is_replaced_and_turns_keep_their_order(
    talk: Conversation,
) -> None:
    await talk.openai.pace(first_token_ms=50, tokens_per_second=40)
    for number in (1, 2, 3):
        await talk.telegram.send(talk.user_id, f"вопрос номер {number}")
    await talk.telegram.wait_for("draft", chat_id=talk.user_id, where=lambda event: event["draft"]["text"])
    await talk.stack.kill_speaker()
    await talk.openai.pace()
    await talk.telegram.wait_for_reply(talk.user_id, contains="номер 3", timeout_seconds=30)
    await _expect_one_answer_each(talk)


async def test_a_paused_speaker_says_nothing_when_it_wakes(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=50, tokens_per_second=40)
    for number in (1, 2, 3):
        await talk.telegram.send(talk.user_id, f"вопрос номер {number}")
    await talk.telegram.wait_for("draft", chat_id=talk.user_id, where=lambda event: event["draft"]["text"])
    paused = await talk.stack.pause_speaker()
    await talk.openai.pace()
    await talk.telegram.wait_for_reply(talk.user_id, contains="номер 3", timeout_seconds=30)
    talk.stack.resume(paused)
    # It has woken up when it answers its probes again; by then it has found that its time is over.
    await talk.stack.until_ready(paused)
    await talk.ask("вопрос номер 4")
    await _expect_one_answer_each(talk, count=4)


async def test_the_text_service_killed_mid_answer_answers_anew(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=50, tokens_per_second=40)
    talk.stack.arm("text.mid_answer")
    answer = await talk.ask("вопрос номер 1", timeout_seconds=30)
    assert "Попробуйте слова" in answer
    await _expect_one_answer_each(talk, count=1)


async def test_nats_killed_mid_answer_loses_and_doubles_nothing(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=50, tokens_per_second=60)
    for number in (1, 2):
        await talk.telegram.send(talk.user_id, f"вопрос номер {number}")
    await talk.telegram.wait_for("draft", chat_id=talk.user_id, where=lambda event: event["draft"]["text"])
    await talk.stack.kill_and_restart("nats")
    await talk.telegram.send(talk.user_id, "вопрос номер 3")
    await talk.telegram.wait_for_reply(talk.user_id, contains="номер 3", timeout_seconds=40)
    await _expect_one_answer_each(talk)


async def test_a_question_asked_while_nobody_speaks_is_answered_later(talk: Conversation) -> None:
    first, second = talk.stack.gateways
    talk.stack.pause(first)
    talk.stack.pause(second)
    await talk.telegram.send(talk.user_id, "вопрос номер 1")
    talk.stack.resume(first)
    talk.stack.resume(second)
    await talk.telegram.wait_for_reply(talk.user_id, contains="номер 1", timeout_seconds=30)
    await _expect_one_answer_each(talk, count=1)


async def _expect_one_answer_each(talk: Conversation, *, count: int = 3) -> None:
    # Whatever would come twice comes before an answer to a later question.
    await asyncio.wait_for(talk.ask("конец"), 30)
    texts = await talk.telegram.texts(talk.user_id)
    numbers = [re.findall(r"вопрос номер (\d)", text) for text in texts[:-1]]
    assert numbers == [[str(number)] for number in range(1, count + 1)]
    assert all("Попробуйте слова" in text for text in texts), "an answer is not whole"
