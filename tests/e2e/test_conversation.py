import re
from itertools import pairwise

import pytest

from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from tests.e2e.conversation import Conversation

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_is_answered_word_by_word_in_few_calls(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=200, tokens_per_second=100, tokens=200)
    answer = await talk.ask("Сколько планет?")
    drafts = [event["draft"]["text"] for event in talk.telegram.events("draft", talk.user_id)]
    shown = [text for text in drafts if text]
    assert len(shown) >= 2
    assert all(len(earlier) < len(later) for earlier, later in pairwise(shown))
    assert answer.startswith("🧪 Песочница")
    calls = await talk.telegram.calls(chat_id=talk.user_id)
    assert len(calls) <= 6, [call["method"] for call in calls]


@pytest.mark.parametrize(("language", "greeting"), [("ru", "Здравствуйте"), ("en", "Hello")])
async def test_the_commands_answer_in_the_users_language(
    talk: Conversation, language: str, greeting: str
) -> None:
    user_id = await talk.telegram.add_user("Kim", language)
    start = await talk.ask("/start", user_id=user_id)
    assert greeting in start
    assert "/help" in await talk.ask("/frobnicate", user_id=user_id)
    assert "/new" in await talk.ask("/help", user_id=user_id)


async def test_the_conversation_is_remembered_until_it_is_cleared(talk: Conversation) -> None:
    await talk.ask("Мой кот — Барсик")
    assert "Барсик" in await talk.ask("что я спросил раньше?")
    await talk.ask("/new")
    assert "Барсик" not in await talk.ask("что я спросил раньше?")


async def test_questions_sent_at_once_are_answered_in_their_order(talk: Conversation) -> None:
    for number in (1, 2, 3):
        await talk.telegram.send(talk.user_id, f"вопрос номер {number}")
    for number in (1, 2, 3):
        await talk.telegram.wait_for_reply(talk.user_id, contains=f"вопрос номер {number}")
    texts = await talk.telegram.texts(talk.user_id)
    assert [re.findall(r"номер (\d)", text) for text in texts] == [["1"], ["2"], ["3"]]


async def test_stop_keeps_what_was_said_and_ends_the_vendors_stream(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=50, tokens_per_second=50, tokens=2000)
    await talk.telegram.send(talk.user_id, "Расскажи длинный рассказ")
    draft = await talk.telegram.wait_for(
        "draft", chat_id=talk.user_id, where=lambda event: len(event["draft"]["text"]) > 20
    )
    await talk.telegram.stop(talk.user_id)
    final = await talk.telegram.wait_for_reply(talk.user_id)
    assert final["text"].startswith(draft["draft"]["text"][:15])
    assert "⏹" in final["text"]
    [call] = [call for call in await talk.openai.until_ended() if "рассказ" in call.text]
    assert call.outcome is Outcome.CLIENT_GONE
    assert call.tokens_sent < 500


async def test_in_a_group_only_those_who_call_the_bot_are_answered(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=50, tokens_per_second=100, tokens=300)
    other = await talk.telegram.add_user("Bob", "en")
    group = await talk.telegram.add_chat([talk.user_id, other], title="Team")
    await talk.telegram.wait_for_reply(group)
    await talk.telegram.send(talk.user_id, "just between us", chat_id=group)
    bot = "quartet_sandbox_bot"
    asked = await talk.telegram.send(other, f"@{bot} what is up?", chat_id=group)
    final = await talk.telegram.wait_for(
        chat_id=group,
        where=lambda event: event["type"] == "edit" and not event["message"].get("reply_markup"),
        timeout_seconds=20,
    )
    assert final["message"]["reply_to_message"]["message_id"] == asked["message"]["message_id"]
    assert len(await talk.telegram.texts(talk.user_id, chat_id=group)) == 2
    assert all("just between us" not in call.text for call in await talk.openai.calls())


async def test_a_long_answer_comes_in_parts_and_loses_no_word(talk: Conversation) -> None:
    await talk.openai.pace(tokens_per_second=5000)
    await talk.telegram.send(talk.user_id, "long 1500")
    last = await talk.telegram.wait_for(
        "message",
        chat_id=talk.user_id,
        where=lambda event: bool(re.search(r"\n\n(\d)/\1$", event["message"]["text"])),
        timeout_seconds=20,
    )
    texts = await talk.telegram.texts(talk.user_id)
    assert len(texts) == int(last["message"]["text"][-1]) > 1
    words = " ".join(re.sub(r"\n\n\d/\d$", "", text) for text in texts).split()
    assert len(words) == 1500 + len(["🧪", "Sandbox:"])


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (FaultKind.OUT_OF_FUNDS, "закончились средства"),
        (FaultKind.MODERATION, "правила безопасности"),
        (FaultKind.UNSUPPORTED_COUNTRY, "стране"),
    ],
)
async def test_a_vendors_refusal_is_told_honestly(
    talk: Conversation, fault: FaultKind, sentence: str
) -> None:
    await talk.openai.fail(fault)
    assert sentence in (await talk.ask("вопрос")).lower()


async def test_an_answer_cut_by_the_vendor_stays_and_says_so(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=10, tokens_per_second=200, tokens=400)
    await talk.openai.fail(FaultKind.CUT_MID_STREAM, after_tokens=60)
    answer = await talk.ask("Расскажи что-нибудь")
    assert answer.startswith("🧪 Песочница")
    assert "прервалась" in answer


async def test_an_answer_whose_receipt_was_lost_comes_again_marked(talk: Conversation) -> None:
    await talk.telegram.faults({"method": "sendMessage", "kind": "cut_after", "times": 1})
    await talk.telegram.send(talk.user_id, "вопрос")
    second = await talk.telegram.wait_for_reply(talk.user_id, contains="прийти дважды", timeout_seconds=15)
    first, again = await talk.telegram.texts(talk.user_id)
    assert again == second["text"]
    assert again.endswith(first)


async def test_an_answer_refused_with_an_error_of_telegrams_arrives_once(talk: Conversation) -> None:
    await talk.telegram.faults({"method": "sendMessage", "kind": "http", "status": 500, "times": 2})
    answer = await talk.ask("вопрос")
    assert await talk.telegram.texts(talk.user_id) == [answer]


async def test_a_user_who_blocked_the_bot_holds_nobody_up(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=300)
    await talk.telegram.send(talk.user_id, "вопрос")
    await talk.telegram.block(talk.user_id)
    other = await talk.telegram.add_user("Bob", "en")
    assert "🧪" in await talk.ask("question", user_id=other)
    await talk.telegram.block(talk.user_id, blocked=False)
    assert "🧪" in await talk.ask("я вернулся")
