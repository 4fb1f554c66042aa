import asyncio
from collections.abc import AsyncIterator

import pytest
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.usage_events_pb2 import ModelCalled, UsageOutcome

from services.chassis.jetstream import connect
from services.chassis.usage import request_id
from tests.support.openai import OpenAIStandIn
from tests.support.ports import free_port
from tests.support.text_service import TextCaller, text_service
from tests.support.usage_taken import TakenUsage, taking_usage

CALLER = Caller(user_id=42, chat_id=42, language_code="en", user_key=7_000_000_000_000_000_007)


@pytest.fixture
async def taken(nats_url: str) -> AsyncIterator[TakenUsage]:
    async with connect(nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        yield taken


async def test_an_answer_is_counted_with_what_it_cost_and_once(
    text: TextCaller, taken: TakenUsage, conversation_id: str
) -> None:
    reply = await text.ask("turn-1", conversation_id=conversation_id, caller=CALLER)
    (call,) = await taken.until(ModelCalled, 1)
    assert reply.completed is not None
    assert call.request_id == request_id("turn-1")
    assert (call.service, call.operation, call.attempt) == ("text", "reply", 1)
    assert (call.user_key, call.provider, call.model) == (CALLER.user_key, "openai", "gpt-6-luna")
    assert call.output_token_count == reply.completed.usage.output_token_count > 0
    assert call.cost_micros == reply.completed.usage.cost_micros > 0
    assert call.price_version.startswith("genai-prices ")
    assert 0 < call.first_token_ms <= call.latency_ms

    again = await text.ask("turn-1", conversation_id=conversation_id, caller=CALLER)
    assert again.completed is not None
    assert again.completed.replayed
    await text.ask("turn-2", conversation_id=conversation_id)
    assert len(await taken.until(ModelCalled, 2)) == 2


async def test_a_stopped_answer_is_counted_with_what_was_said_until_then(
    text: TextCaller, taken: TakenUsage, conversation_id: str
) -> None:
    call = text.call("turn-1", conversation_id=conversation_id)
    said = ""
    async for response in call:
        said += response.text_delta
        if len(said) > 40:
            break
    call.cancel()
    (counted,) = await taken.until(ModelCalled, 1)
    assert counted.outcome == UsageOutcome.USAGE_OUTCOME_CANCELLED
    assert counted.estimated
    assert counted.output_token_count > 0


async def test_each_vendor_that_is_asked_is_counted_with_why_it_did_not_answer(
    nats_url: str, vendor: OpenAIStandIn, taken: TakenUsage, conversation_id: str
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings = {"text_providers": ("google", "openai"), "google_base_url": nowhere}
    async with text_service(nats_url, vendor, **settings) as text:
        await text.ask("turn-1", conversation_id=conversation_id)
        failed, answered = await taken.until(ModelCalled, 2)
    assert (failed.provider, failed.attempt, failed.wasted) == ("google", 1, True)
    assert ErrorReason.Name(failed.error_reason) == "ERROR_REASON_PROVIDER_UNAVAILABLE"
    assert (answered.provider, answered.attempt, answered.wasted) == ("openai", 2, False)


async def test_what_is_asked_beside_conversations_is_counted_too(text: TextCaller, taken: TakenUsage) -> None:
    await asyncio.gather(text.improve("a cat"), text.embed("words"), text.speak("Good morning"))
    calls = await taken.until(ModelCalled, 3)
    assert sorted(call.operation for call in calls) == ["embed", "image_prompt", "speak"]
    assert all(call.outcome == UsageOutcome.USAGE_OUTCOME_OK and not call.request_id for call in calls)
