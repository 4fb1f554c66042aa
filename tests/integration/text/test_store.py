import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.chassis.jetstream import Nats, connect
from services.text.conversation import Conversation, Finish, Material, Turn, Usage
from services.text.settings import TextSettings
from services.text.store import BUCKET, MAX_VALUE_BYTES, ConversationStore, open_store


def turn(turn_id: str, *, answer: str = "yes", materials: tuple[Material, ...] = ()) -> Turn:
    return Turn(turn_id, "question", materials, answer, Finish.STOP, Usage("openai", "m", 1, 1))


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
    await store.place(conversation_id, placed)
    assert await store.load(conversation_id) == Conversation((placed,))


async def test_turns_placed_at_the_same_time_are_all_kept(store: ConversationStore) -> None:
    conversation_id = uuid4().hex
    await asyncio.gather(*(store.place(conversation_id, turn(str(number))) for number in range(8)))
    kept = await store.load(conversation_id)
    assert sorted(each.turn_id for each in kept.turns) == [str(number) for number in range(8)]


async def test_a_value_stays_within_its_limit_however_its_text_is_escaped(
    store: ConversationStore, nats: Nats
) -> None:
    conversation_id = uuid4().hex
    worst = Material("noise", "\x01" * 380_000)
    await store.place(conversation_id, turn("1", materials=(worst,)))
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
    await store.place(conversation_id, turn("1"))
    assert len((await store.load(conversation_id)).turns) == 1
