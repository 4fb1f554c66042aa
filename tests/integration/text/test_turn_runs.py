import asyncio

import pytest
from quartet.text.v1 import text_service_pb2 as pb

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.text.framing import GO_ON
from tests.support.openai import OpenAIStandIn
from tests.support.text_service import Reply, TextCaller

REGENERATE, CONTINUE = pb.RUN_KIND_REGENERATE, pb.RUN_KIND_CONTINUE


async def stopped(
    text: TextCaller, vendor: OpenAIStandIn, turn_id: str, instruction: str, **fields: str
) -> str:
    """Ask, and stop the answer after its first words."""
    await vendor.forget_calls()
    await vendor.fail(FaultKind.HANG, after_tokens=4)
    call = text.call(turn_id, instruction, **fields)
    said = str((await call.read()).text_delta)
    call.cancel()
    await vendor.until_ended()
    return said


async def answer_of(text: TextCaller, conversation_id: str) -> str:
    """What is remembered as the answer of the first turn, as its own run replays it."""
    reply = await text.ask("t1", conversation_id=conversation_id)
    assert reply.completed is not None
    assert reply.completed.replayed
    return reply.text


async def test_each_run_of_a_turn_is_replayed_as_it_was(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await text.ask("t1", "Tell me about Murka", conversation_id=conversation_id)
    for run_id, kind in (("r2", REGENERATE), ("r3", CONTINUE)):
        fields = {"conversation_id": conversation_id, "run_id": run_id, "run_kind": kind}
        first = await text.ask("t1", "", **fields)
        await vendor.forget_calls()
        again = await text.ask("t1", "", **fields)
        assert again.text == first.text
        assert (again.completed, first.completed) != (None, None)
        assert await vendor.calls() == []


async def test_another_answer_is_asked_with_the_stored_question(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await text.ask("t1", "Tell me about Murka", conversation_id=conversation_id)
    await text.ask("t1", "", conversation_id=conversation_id, run_id="r2", run_kind=REGENERATE)
    assert [call.text for call in await vendor.until_ended(2)] == ["Tell me about Murka"] * 2
    assert (await text.conversation(conversation_id)).turn_count == 1


async def test_an_edited_question_takes_the_place_of_the_old_one(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await text.ask("t1", "Tell me about Murka", conversation_id=conversation_id)
    edited = await text.ask("t1", "Tell me about Barsik", conversation_id=conversation_id, run_id="r2")
    assert "Barsik" in edited.text
    reply = await text.ask("t2", "what did I ask?", conversation_id=conversation_id)
    assert "questions before this one: 1" in reply.text
    assert "Tell me about Barsik" in reply.text


async def test_a_stopped_answer_goes_on_where_it_ended(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await stopped(text, vendor, "t1", "Tell me about Murka", conversation_id=conversation_id)
    before = await text.conversation(conversation_id)
    rest = await text.ask("t1", "", conversation_id=conversation_id, run_id="r2", run_kind=CONTINUE)
    [_stopped, call] = await vendor.until_ended(2)
    assert GO_ON.startswith(call.text)
    assert rest.text.startswith("🧪"), "only what comes after is told"
    after = await text.conversation(conversation_id)
    assert after.turn_count == 1
    assert after.token_count > before.token_count


@pytest.mark.parametrize("kind", [REGENERATE, CONTINUE])
async def test_an_answer_survives_a_run_that_was_stopped_before_it_said_anything(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str, kind: pb.RunKind
) -> None:
    first = await text.ask("t1", "Tell me about Murka", conversation_id=conversation_id)
    await vendor.forget_calls()
    await vendor.fail(FaultKind.HANG)
    call = text.call("t1", "", conversation_id=conversation_id, run_id="r2", run_kind=kind)
    reading = asyncio.ensure_future(call.read())
    await vendor.until_active()
    call.cancel()
    await vendor.until_ended()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await answer_of(text, conversation_id) == first.text


@pytest.mark.parametrize("kind", [REGENERATE, CONTINUE])
async def test_a_turn_that_is_gone_cannot_be_taken_up_again(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str, kind: pb.RunKind
) -> None:
    await text.ask("t1", conversation_id=conversation_id)
    await text.clear(conversation_id)
    with pytest.raises(errors.ResourceNotFound):
        await text.ask("t1", "", conversation_id=conversation_id, run_id="r2", run_kind=kind)


async def test_an_answer_stopped_and_continued_at_once_loses_nothing(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await vendor.fail(FaultKind.HANG, after_tokens=4)
    call = text.call("t1", "Tell me about Murka", conversation_id=conversation_id)
    await call.read()
    call.cancel()
    rest: Reply = await text.ask("t1", "", conversation_id=conversation_id, run_id="r2", run_kind=CONTINUE)
    assert rest.completed is not None
    [_stopped, going_on] = await vendor.until_ended(2)
    assert GO_ON.startswith(going_on.text)


async def test_a_conversation_cleared_while_an_answer_runs_stays_empty(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await vendor.pace(tokens_per_second=50)
    call = text.call("t1", "Tell me about Murka", conversation_id=conversation_id)
    await call.read()
    await text.clear(conversation_id)
    rest = await text.hear(call)
    assert rest.completed is not None, "its reader still gets the whole answer"
    assert (await text.conversation(conversation_id)).turn_count == 0


async def test_questions_of_several_people_at_once_are_all_remembered(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await vendor.pace(tokens_per_second=300)
    asking = [
        text.ask(f"t{number}", f"Question {number}", conversation_id=conversation_id, speaker_name=name)
        for number, name in enumerate(["Ann", 'Bob">', "Вера", "Ann"])
    ]
    for number, reply in enumerate(await asyncio.gather(*asking)):
        assert f"Question {number}" in reply.text
    assert (await text.conversation(conversation_id)).turn_count == 4
