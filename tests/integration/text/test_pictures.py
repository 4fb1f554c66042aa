import asyncio
from collections.abc import AsyncIterator

import nats
import pytest
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore
from quartet.common.v1.media_pb2 import Media
from quartet.text.v1 import text_service_pb2 as pb

from services.sandbox.vendor.faults import FaultKind
from services.text.manner import pseudonym
from tests.support.media import png
from tests.support.openai import OpenAIStandIn
from tests.support.text_service import TextCaller, text_service

CAT = Media(mime_type="image/png", content=png(64, 64))
EARLIER = "Pictures of earlier messages: {}."


def picture(number: int) -> Media:
    return Media(mime_type="image/png", content=png(32, 32, (number, number, number)))


@pytest.fixture
async def store(nats_url: str, text: TextCaller) -> AsyncIterator[ObjectStore]:
    client = await nats.connect(nats_url)
    yield await client.jetstream().object_store("pictures")
    await client.close()


async def names(store: ObjectStore, conversation_id: str) -> list[str]:
    try:
        listed = await store.list()
    except NotFoundError:
        return []
    return [
        info.name for info in listed if info.name.startswith(pseudonym(conversation_id)) and not info.deleted
    ]


async def test_a_picture_is_seen_again_by_the_next_question_whoever_answers_it(
    nats_url: str, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    async with text_service(nats_url, vendor) as text:
        await text.ask("t1", "What is it?", conversation_id=conversation_id, attachments=[CAT])
    async with text_service(nats_url, vendor) as text:
        reply = await text.ask("t2", "And what colour?", conversation_id=conversation_id)
    assert EARLIER.format(1) in reply.text


async def test_only_the_newest_few_pictures_go_along(text: TextCaller, conversation_id: str) -> None:
    for number in range(5):
        await text.ask(
            f"t{number}", "What is it?", conversation_id=conversation_id, attachments=[picture(number)]
        )
    reply = await text.ask("t9", "Compare them", conversation_id=conversation_id)
    assert EARLIER.format(3) in reply.text


async def test_pictures_of_a_question_and_of_earlier_ones_share_the_room(
    nats_url: str, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    size = len(CAT.content)
    async with text_service(nats_url, vendor, text_max_image_bytes=2 * size) as text:
        for turn_id in ("t1", "t2"):
            await text.ask(turn_id, "What is it?", conversation_id=conversation_id, attachments=[CAT])
        reply = await text.ask("t3", "And this?", conversation_id=conversation_id, attachments=[CAT])
    assert EARLIER.format(1) in reply.text


async def test_another_answer_to_a_question_about_a_picture_sees_it(
    text: TextCaller, conversation_id: str
) -> None:
    await text.ask("t1", "What is it?", conversation_id=conversation_id, attachments=[CAT])
    for run_id in ("r2", "r3"):
        fields = {"conversation_id": conversation_id, "run_id": run_id, "run_kind": pb.RUN_KIND_REGENERATE}
        reply = await text.ask("t1", "", **fields)
        assert "Pictures came along with the question: 1." in reply.text


async def test_a_stopped_answer_goes_on_with_its_picture(
    text: TextCaller, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    await vendor.fail(FaultKind.HANG, after_tokens=4)
    call = text.call("t1", "What is it?", conversation_id=conversation_id, attachments=[CAT])
    await call.read()
    call.cancel()
    await vendor.until_ended()
    fields = {"conversation_id": conversation_id, "run_id": "r2", "run_kind": pb.RUN_KIND_CONTINUE}
    await text.ask("t1", "", **fields)
    reply = await text.ask("t2", "And what colour?", conversation_id=conversation_id)
    assert EARLIER.format(1) in reply.text


async def test_a_cleared_conversations_pictures_are_deleted(
    text: TextCaller, store: ObjectStore, conversation_id: str
) -> None:
    await text.ask("t1", "What is it?", conversation_id=conversation_id, attachments=[CAT])
    assert len(await names(store, conversation_id)) == 1
    await text.clear(conversation_id)
    assert await names(store, conversation_id) == []


async def test_pictures_of_turns_that_are_summarised_are_deleted(
    nats_url: str, vendor: OpenAIStandIn, store: ObjectStore, conversation_id: str
) -> None:
    async with text_service(nats_url, vendor, text_history_tokens=300) as forgetful:
        await forgetful.ask("t1", "What is it?", conversation_id=conversation_id, attachments=[CAT])
        for number in range(2, 5):
            await forgetful.ask(f"t{number}", "Murka likes fish. " * 30, conversation_id=conversation_id)
        async with asyncio.timeout(5):
            # They are deleted behind the callers' backs: there is no event to wait for.
            while await names(store, conversation_id):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_moved_conversation_still_sees_its_pictures(text: TextCaller, conversation_id: str) -> None:
    await text.ask("t1", "What is it?", conversation_id=conversation_id, attachments=[CAT])
    await text.move(conversation_id, f"{conversation_id}-new")
    reply = await text.ask("t2", "And what colour?", conversation_id=f"{conversation_id}-new")
    assert EARLIER.format(1) in reply.text


async def test_what_cannot_be_kept_or_found_again_is_only_missed(
    text: TextCaller, store: ObjectStore, conversation_id: str
) -> None:
    await text.ask("t1", "What is it?", conversation_id=conversation_id, attachments=[CAT])
    for name in await names(store, conversation_id):
        await store.delete(name)
    reply = await text.ask("t2", "And what colour?", conversation_id=conversation_id)
    assert reply.completed is not None
    assert "Pictures" not in reply.text
    assert 'quartet_text_pictures_total{outcome="missed"}' in await text.metrics()


async def test_a_full_store_harms_no_answer(
    nats_url: str, vendor: OpenAIStandIn, conversation_id: str
) -> None:
    async with text_service(nats_url, vendor) as text:
        client = await nats.connect(nats_url)
        js = client.jetstream()
        config = (await js.stream_info("OBJ_pictures")).config
        await js.update_stream(config.evolve(max_bytes=1))
        reply = await text.ask("t1", "What is it?", conversation_id=conversation_id, attachments=[CAT])
        await js.update_stream(config)
        await client.close()
        assert reply.completed is not None
        assert (await text.conversation(conversation_id)).turn_count == 1
        assert 'quartet_text_pictures_total{outcome="not_kept"} 1.0' in await text.metrics()
