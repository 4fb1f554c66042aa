import secrets
from pathlib import Path

import pytest
from nats.js.api import KeyValueConfig
from nats.js.kv import KeyValue

from services.chassis.jetstream import Nats, connect, ensure_bucket
from services.gateway.lease import LeaseLost, Tenure
from services.gateway.turns import Part, PartState, TurnLog, TurnRecord, TurnState
from tests.support.nats import nats_server

RECORD = TurnRecord(
    state=TurnState.SENDING,
    chat_id=42,
    parts=(
        Part(
            text="да",
            entities=({"type": "bold", "offset": 0, "length": 2},),
            state=PartState.INTENDED,
        ),
    ),
)


def a_tenure() -> Tenure:
    return Tenure(1, float("inf"))


def a_turn_id() -> str:
    return f"1000.5.{secrets.token_hex(5)}"


async def test_a_record_is_read_as_it_was_written(nats: Nats, bucket: KeyValue) -> None:
    turns, turn_id = TurnLog(nats.js, bucket), a_turn_id()
    assert await turns.find(turn_id) is None
    revision = await turns.write(turn_id, RECORD, revision=0, tenure=a_tenure())
    assert await turns.find(turn_id) == (RECORD, revision)


async def test_a_former_holder_cannot_write_over_its_successor(nats: Nats, bucket: KeyValue) -> None:
    turns, turn_id = TurnLog(nats.js, bucket), a_turn_id()
    revision = await turns.write(turn_id, RECORD, revision=0, tenure=a_tenure())
    await turns.write(
        turn_id, RECORD.model_copy(update={"run_count": 2}), revision=revision, tenure=a_tenure()
    )
    with pytest.raises(LeaseLost):
        await turns.write(
            turn_id, RECORD.model_copy(update={"run_count": 3}), revision=revision, tenure=a_tenure()
        )


async def test_a_write_whose_answer_was_lost_counts_as_done(nats: Nats, bucket: KeyValue) -> None:
    turns, turn_id = TurnLog(nats.js, bucket), a_turn_id()
    revision = await turns.write(turn_id, RECORD, revision=0, tenure=a_tenure())
    assert await turns.write(turn_id, RECORD, revision=0, tenure=a_tenure()) == revision


async def test_nothing_is_written_once_the_tenure_is_over(nats: Nats, bucket: KeyValue) -> None:
    with pytest.raises(LeaseLost):
        await TurnLog(nats.js, bucket).write(a_turn_id(), RECORD, revision=0, tenure=Tenure(1, 0.0))


async def test_a_write_outlasts_a_killed_server(tmp_path: Path) -> None:
    with nats_server(tmp_path) as server:
        async with connect(server.url, name="test") as nats:
            turns = TurnLog(nats.js, await ensure_bucket(nats.js, KeyValueConfig(bucket="turns")))
            turn_id = a_turn_id()
            revision = await turns.write(turn_id, RECORD, revision=0, tenure=a_tenure())
            await server.kill_and_start()
            sent = RECORD.model_copy(update={"state": TurnState.SENT})
            revision = await turns.write(turn_id, sent, revision=revision, tenure=a_tenure())
            assert await turns.find(turn_id) == (sent, revision)


async def test_a_chats_records_are_stripped_of_what_was_said_and_stay_answered(nats: Nats) -> None:
    bucket = await ensure_bucket(nats.js, KeyValueConfig(bucket="turns"))
    turns, tenure = TurnLog(nats.js, bucket), a_tenure()
    chat_id = 1000 + secrets.randbelow(10**9)
    said = RECORD.model_copy(update={"chat_id": chat_id, "state": TurnState.SENT, "markdown": "да"})
    sent, under_way, kept, others = (a_turn_id() for _ in range(4))
    for turn_id, record in (
        (sent, said),
        (under_way, said.model_copy(update={"state": TurnState.SENDING})),
        (kept, said),
        (others, said.model_copy(update={"chat_id": chat_id + 1})),
    ):
        await turns.write(turn_id, record, revision=0, tenure=tenure)

    for _ in range(2):
        await turns.strip(chat_id, keep=kept, tenure=tenure)

    found = {turn_id: await turns.find(turn_id) for turn_id in (sent, under_way, kept, others)}
    records = {turn_id: each[0] for turn_id, each in found.items() if each}
    assert records[sent] == TurnRecord(state=TurnState.SENT, chat_id=chat_id)
    assert all(records[turn_id].parts for turn_id in (under_way, kept, others))
