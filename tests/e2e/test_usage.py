import pytest
from google.protobuf.json_format import MessageToJson
from quartet.common.v1.usage_events_pb2 import (
    FeedbackGiven,
    LimitRefused,
    ModelCalled,
    RequestFinished,
    UsageOutcome,
)

from services.chassis.jetstream import connect
from services.gateway.access.register import open_register
from services.gateway.access.standing import Standing
from tests.e2e.conversation import Conversation
from tests.e2e.viewers import Viewer
from tests.support.stack import BOT_ID
from tests.support.usage_taken import taking_usage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_is_counted_with_what_it_cost_and_without_a_word_of_it(talk: Conversation) -> None:
    async with connect(talk.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        await talk.ask("очень личный вопрос")
        (request,) = await taken.until(RequestFinished, 1)
        (call,) = await taken.until(ModelCalled, 1)

    assert (request.service, request.command, request.chat_type) == ("text", "answer", "private")
    assert request.outcome == UsageOutcome.USAGE_OUTCOME_OK
    assert call.request_id == request.header.event_id
    assert call.user_key == request.user_key != 0
    assert request.chat_key not in (0, request.user_key)
    assert (call.provider, call.model) == (request.provider, request.model)
    assert request.cost_micros == call.cost_micros > 0
    assert request.output_token_count == call.output_token_count > 0
    assert 0 < request.first_token_ms <= request.total_ms
    assert request.trace_id
    for event in (request, call):
        written = MessageToJson(event)
        assert str(talk.user_id) not in written
        assert "личный" not in written
        assert "Анна" not in written


async def test_what_the_focus_group_asks_is_told_apart(talk: Conversation) -> None:
    async with connect(talk.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        await talk.ask("вопрос как у всех")
        async with open_register(nats, bot_id=BOT_ID, replicas=1) as register:
            await register.set_standing(talk.user_id, Standing(is_in_focus_group=True))
        # By its end the speaker has heard of it.
        await talk.ask("вопрос между тем")
        await talk.ask("вопрос из фокус-группы")
        requests = await taken.until(RequestFinished, 3)

    assert "group" not in requests[0].attributes
    assert requests[2].attributes["group"] == "focus"


async def test_a_request_whose_speaker_dies_before_it_is_counted_is_counted_once(talk: Conversation) -> None:
    async with connect(talk.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        talk.stack.arm("reply.recorded")
        await talk.telegram.send(talk.user_id, "вопрос перед гибелью")
        await talk.stack.until_fired("reply.recorded")
        assert not taken.of(RequestFinished)
        (first,) = await taken.until(RequestFinished, 1)
        await talk.ask("вопрос после")
        requests = await taken.until(RequestFinished, 2)

    assert requests[0] == first
    assert len(requests) == 2
    assert len(taken.of(ModelCalled)) == 2


async def test_what_a_user_stops_is_counted_as_stopped(talk: Conversation) -> None:
    await talk.openai.pace(first_token_ms=50, tokens_per_second=20)
    async with connect(talk.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        await talk.telegram.send(talk.user_id, "долгий вопрос")
        await talk.telegram.wait_for(
            "draft", chat_id=talk.user_id, where=lambda event: event["draft"]["text"]
        )
        await talk.telegram.send(talk.user_id, "/stop")
        (request,) = await taken.until(RequestFinished, 1)
        (call,) = await taken.until(ModelCalled, 1)
    assert request.outcome == UsageOutcome.USAGE_OUTCOME_CANCELLED
    assert call.outcome == UsageOutcome.USAGE_OUTCOME_CANCELLED


async def test_the_last_thumb_says_what_an_answer_was_worth(talk: Conversation) -> None:
    async with connect(talk.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        mark = talk.telegram.mark()
        await talk.telegram.send(talk.user_id, "вопрос, о котором есть мнение")
        answer = await talk.telegram.wait_for_reply(talk.user_id, after=mark)
        (request,) = await taken.until(RequestFinished, 1)
        rows = answer["reply_markup"]["inline_keyboard"]
        thumbs = {button["text"][0]: button["callback_data"] for row in rows for button in row}
        for thumb, thanks in (("👍", "рад помочь"), ("👎", "другой ответ")):
            press = await talk.telegram.press(talk.user_id, answer["message_id"], thumbs[thumb])
            assert thanks in await _toast(talk, press)
        (opinion,) = await taken.until(FeedbackGiven, 1)
    assert (opinion.request_id, opinion.kind, opinion.value) == (request.header.event_id, "thumb", -1)
    assert (opinion.service, opinion.model) == (request.service, request.model)


async def _toast(talk: Conversation, press: str) -> str:
    """What the bot answers to a press."""
    answered = await talk.telegram.wait_for(
        "callback_answer", where=lambda event: bool(event["callback_query_id"] == press)
    )
    return str(answered.get("text") or "")


async def test_what_a_limit_refuses_is_counted_with_the_limit(viewer: Viewer) -> None:
    await viewer.runway.pace(film_seconds=60.0)
    for number in range(3):
        await viewer.orders(f"/video кот номер {number}")
    async with connect(viewer.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        await viewer.say("/video кот лишний")
        (request,) = await taken.until(RequestFinished, 1)
        (refused,) = await taken.until(LimitRefused, 1)

    assert (request.outcome, request.service) == (UsageOutcome.USAGE_OUTCOME_REFUSED, "video")
    assert refused.user_key == request.user_key != 0
    assert (refused.quota, refused.limit, refused.used) == ("videos_at_once", 3, 3)
