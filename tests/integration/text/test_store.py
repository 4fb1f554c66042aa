import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest

from services.chassis.jetstream import Nats, connect
from services.text.conversation import Conversation, Finish, Material, Origin, Turn, Usage
from services.text.settings import TextSettings
from services.text.shelf import BUCKET, CODEC, MAX_VALUE_BYTES
from services.text.store import ConversationStore, open_store


def turn(turn_id: str, *, answer: str = "yes", materials: tuple[Material, ...] = ()) -> Turn:
    return Turn(turn_id, "question", materials, answer, Finish.STOP, Usage("openai", "m", 1, 1))


def ids(found: Conversation) -> list[str]:
    return [each.turn_id for each in found.turns]


@pytest.fixture
async def nats(nats_url: str) -> AsyncIterator[Nats]:
    async with connect(nats_url, name="test") as opened:
        yield opened


@pytest.fixture
async def store(nats: Nats) -> ConversationStore:
    return await open_store(nats, TextSettings(openai_base_url="http://127.0.0.1:1/v1"))


async def test_what_was_placed_is_loaded_again(store: ConversationStore) -> None:
    conversation_id, placed = uuid4().hex, turn("1", materials=(Material("книга", "текст"),))
    assert await store.load(conversation_id) == Conversation()
    await store.place(conversation_id, placed, era="")
    assert await store.load(conversation_id) == Conversation((placed,))


async def test_turns_placed_at_the_same_time_are_all_kept(store: ConversationStore) -> None:
    conversation_id = uuid4().hex
    await asyncio.gather(*(store.place(conversation_id, turn(str(number)), era="") for number in range(8)))
    kept = await store.load(conversation_id)
    assert sorted(each.turn_id for each in kept.turns) == [str(number) for number in range(8)]


async def test_a_value_stays_within_its_limit_however_its_text_is_escaped(
    store: ConversationStore, nats: Nats
) -> None:
    conversation_id = uuid4().hex
    worst = Material("noise", "\x01" * 380_000)
    await store.place(conversation_id, turn("1", materials=(worst,)), era="")
    bucket = await nats.js.key_value(BUCKET)
    entry = await bucket.get(conversation_id)
    assert entry.value is not None
    assert len(entry.value) <= MAX_VALUE_BYTES
    [kept] = (await store.load(conversation_id)).turns
    assert kept.answer == "yes"
    assert kept.materials


async def test_a_conversation_that_cannot_be_read_begins_anew(store: ConversationStore, nats: Nats) -> None:
    conversation_id = uuid4().hex
    bucket = await nats.js.key_value(BUCKET)
    await bucket.put(conversation_id, b'{"turns": 7}')
    assert await store.load(conversation_id) == Conversation()
    await store.place(conversation_id, turn("1"), era="")
    assert len((await store.load(conversation_id)).turns) == 1


async def test_an_answer_that_ends_after_its_conversation_was_cleared_is_not_put_into_it(
    store: ConversationStore,
) -> None:
    conversation_id = uuid4().hex
    await store.place(conversation_id, turn("1"), era="")
    begun = await store.load(conversation_id)
    await store.clear(conversation_id)
    await store.place(conversation_id, turn("2"), era=begun.era)
    cleared = await store.load(conversation_id)
    assert cleared.is_empty
    await store.place(conversation_id, turn("3"), era=cleared.era)
    assert ids(await store.load(conversation_id)) == ["3"]


async def test_what_has_moved_comes_before_what_was_there_and_is_found_under_both_ids(
    store: ConversationStore,
) -> None:
    old, new = uuid4().hex, uuid4().hex
    await store.place(old, turn("1"), era="")
    await store.place(new, turn("2"), era="")
    await store.move(old, new)
    await store.move(old, new)
    await store.place(old, turn("3"), era="")
    assert ids(await store.load(new)) == ["1", "2", "3"]
    assert await store.load(old) == await store.load(new)


async def test_a_move_that_was_killed_half_way_is_finished_by_whoever_comes_by(
    store: ConversationStore, nats: Nats
) -> None:
    old, new = uuid4().hex, uuid4().hex
    bucket = await nats.js.key_value(BUCKET)
    left = Conversation((turn("1"),), moved_to=new)
    await bucket.put(old, CODEC.dump_json(left))
    assert ids(await store.load(old)) == ["1"]
    assert ids(await store.load(new)) == ["1"]


async def test_a_move_killed_before_its_last_write_does_not_bring_back_what_was_cleared(
    store: ConversationStore, nats: Nats
) -> None:
    old, new = uuid4().hex, uuid4().hex
    bucket = await nats.js.key_value(BUCKET)
    await bucket.put(old, CODEC.dump_json(Conversation((turn("1"),), moved_to=new)))
    await bucket.put(new, CODEC.dump_json(Conversation((turn("1"),), origins=(Origin(old),))))
    await store.clear(new)
    await store.move(old, new)
    assert (await store.load(new)).is_empty
    assert (await store.load(old)).is_empty


async def test_a_conversation_may_move_back(store: ConversationStore) -> None:
    one, other = uuid4().hex, uuid4().hex
    await store.place(one, turn("1"), era="")
    await store.move(one, other)
    await store.place(other, turn("2"), era="")
    await store.move(other, one)
    await store.place(other, turn("3"), era="")
    assert ids(await store.load(one)) == ["1", "2", "3"]
    assert ids(await store.load(other)) == ["1", "2", "3"]


async def test_turns_placed_while_their_conversation_moves_are_all_kept(store: ConversationStore) -> None:
    old, new = uuid4().hex, uuid4().hex
    await store.place(old, turn("0"), era="")
    await asyncio.gather(
        *(store.place(old, turn(str(number)), era="") for number in range(1, 5)),
        store.move(old, new),
        *(store.place(new, turn(str(number)), era="") for number in range(5, 8)),
        store.move(old, new),
    )
    assert sorted(ids(await store.load(new))) == [str(number) for number in range(8)]


async def test_a_summary_takes_the_place_of_what_it_tells_and_of_nothing_else(
    store: ConversationStore,
) -> None:
    conversation_id = uuid4().hex
    for number in range(3):
        await store.place(conversation_id, turn(str(number)), era="")
    told = await store.load(conversation_id)
    told = replace(told, turns=told.turns[:2])
    await store.place(conversation_id, turn("1", answer="changed meanwhile"), era="")
    await store.place(conversation_id, turn("3"), era="")
    await store.fold(conversation_id, told, "notes")
    await store.fold(conversation_id, told, "notes of one who came too late")
    kept = await store.load(conversation_id)
    assert kept.summary == "notes"
    assert ids(kept) == ["1", "2", "3"]


async def test_a_summary_of_what_was_cleared_meanwhile_is_dropped(store: ConversationStore) -> None:
    conversation_id = uuid4().hex
    told = await store.place(conversation_id, turn("1"), era="")
    await store.clear(conversation_id)
    await store.fold(conversation_id, told, "notes")
    assert (await store.load(conversation_id)).is_empty


async def test_what_an_older_version_stored_is_read(store: ConversationStore, nats: Nats) -> None:
    conversation_id = uuid4().hex
    bucket = await nats.js.key_value(BUCKET)
    await bucket.put(
        conversation_id,
        b'{"turns":[{"turn_id":"7","instruction":"q","materials":[],"answer":"a","finish":"stop",'
        b'"usage":{"provider":"openai","model":"m","input_tokens":1,"output_tokens":1}}]}',
    )
    [kept] = (await store.load(conversation_id)).turns
    assert (kept.run, kept.answer, kept.speaker, kept.continued_at) == ("7", "a", "", 0)
