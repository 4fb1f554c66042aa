import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from quartet.text.v1 import text_service_pb2 as pb

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from services.text.summaries import ASSIGNMENT
from tests.support.openai import OpenAIStandIn
from tests.support.text_service import TextCaller, text_service

LONG = "My cat is called Murka and she likes fish. " * 10


@pytest.fixture
async def forgetful(nats_url: str, vendor: OpenAIStandIn) -> AsyncIterator[TextCaller]:
    """A service that remembers few turns word for word."""
    async with text_service(nats_url, vendor, text_history_tokens=300) as caller:
        await vendor.forget_calls()
        yield caller


async def summarised(text: TextCaller, conversation_id: str) -> pb.GetConversationResponse:
    async with asyncio.timeout(5):
        # The summary is written behind the callers' backs: there is no event to wait for.
        while not (found := await text.conversation(conversation_id)).summary:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return found


async def test_what_was_said_long_ago_is_summarised_once_the_answer_is_given(
    forgetful: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    for number in range(4):
        await forgetful.ask(f"t{number}", f"{number}: {LONG}", conversation_id=conversation_id)
    found = await summarised(forgetful, conversation_id)
    assert 1 <= found.turn_count < 4
    assert found.token_count
    assert ASSIGNMENT in [call.text for call in await vendor.calls()]
    reply = await forgetful.ask("t9", "what did I ask?", conversation_id=conversation_id)
    told = re.search(r"questions before this one: (\d)", reply.text)
    assert told is not None
    assert 1 <= int(told[1]) < 4, "the rest is in the summary"


async def test_a_summary_that_fails_is_left_to_the_next_turn_and_loses_nothing(
    forgetful: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await forgetful.ask("t0", LONG, conversation_id=conversation_id)
    await vendor.pace(tokens_per_second=200)
    call = forgetful.call("t1", LONG, conversation_id=conversation_id)
    await call.read()
    # What is asked next is the summary.
    await vendor.fail(FaultKind.MODERATION)
    await forgetful.hear(call)
    [*_answers, summary] = await vendor.until_ended(3)
    assert (summary.text, summary.outcome) == (ASSIGNMENT, Outcome.FAULT)
    assert (await forgetful.conversation(conversation_id)).turn_count == 2
    await forgetful.ask("t2", "Short", conversation_id=conversation_id)
    assert (await summarised(forgetful, conversation_id)).turn_count < 3


async def test_a_cleared_conversation_keeps_no_summary(
    forgetful: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    for number in range(4):
        await forgetful.ask(f"t{number}", LONG, conversation_id=conversation_id)
    await summarised(forgetful, conversation_id)
    await forgetful.clear(conversation_id)
    found = await forgetful.conversation(conversation_id)
    assert (found.turn_count, found.token_count, found.summary) == (0, 0, "")


async def test_a_conversation_that_moved_goes_on_under_its_new_id(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    new_id = f"{conversation_id}-new"
    await text.ask("t1", "My cat is called Murka", conversation_id=conversation_id)
    await text.move(conversation_id, new_id)
    await text.move(conversation_id, new_id)
    reply = await text.ask("t2", "what did I ask?", conversation_id=new_id)
    assert "questions before this one: 1" in reply.text
    assert "Murka" in reply.text
    assert (await text.conversation(conversation_id)).turn_count == 2


async def test_an_answer_that_runs_while_its_conversation_moves_is_remembered_there(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await vendor.pace(tokens_per_second=50)
    call = text.call("t1", "Tell me about Murka", conversation_id=conversation_id)
    await call.read()
    await text.move(conversation_id, f"{conversation_id}-new")
    await text.hear(call)
    assert (await text.conversation(f"{conversation_id}-new")).turn_count == 1


async def test_a_conversation_gets_a_title_once_something_was_said(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    assert await text.title(conversation_id) == ""
    assert await vendor.calls() == []
    await text.ask("t1", "My cat is called Murka", conversation_id=conversation_id)
    title = await text.title(conversation_id)
    assert title.startswith("🧪")
    assert len(title) <= 64
    await vendor.fail(FaultKind.OUT_OF_FUNDS)
    with pytest.raises(errors.ProviderOutOfFunds):
        await text.title(conversation_id)


async def test_a_conversation_that_does_not_exist_is_empty(text: TextCaller, conversation_id: str) -> None:
    assert await text.conversation(conversation_id) == pb.GetConversationResponse()


async def test_ids_that_are_none_are_named(text: TextCaller) -> None:
    with pytest.raises(errors.InvalidRequest) as raised:
        await text.move("a b", "")
    fields = [violation.field for violation in raised.value.violations]
    assert fields == ["from_conversation_id", "to_conversation_id"]
    with pytest.raises(errors.InvalidRequest):
        await text.move("a", "a")


async def test_wishes_have_a_limit(text: TextCaller, conversation_id: str) -> None:
    with pytest.raises(errors.InvalidRequest) as raised:
        await text.ask("t1", conversation_id=conversation_id, wishes="x" * 2001, speaker_name="y" * 300)
    assert [violation.field for violation in raised.value.violations] == ["wishes", "speaker_name"]
