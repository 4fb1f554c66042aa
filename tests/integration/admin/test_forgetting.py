import asyncio
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client import CollectorRegistry
from quartet.common.v1.privacy_events_pb2 import UserForgotten
from quartet.common.v1.usage_events_pb2 import LimitRefused, ModelCalled, RequestFinished, UsageHeader

from services.admin.clickhouse import Database
from services.admin.metrics import AdminMetrics
from services.admin.usage.forgetting import forgetting_consumer
from services.admin.usage.intake import Intake
from services.admin.usage.rollups import Rollups
from services.admin.usage.writer import Writer
from services.chassis.environment import Environment
from services.chassis.events import Publisher
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.chassis.privacy import USER_FORGOTTEN, ensure_privacy_stream
from services.chassis.usage import STREAM, UsageEvent, UsagePublisher, usage_id
from tests.support.usage_stream import publish

GONE, STAYS = 1111, 2222
TABLES = ("requests", "model_calls", "refusals")


def _events() -> list[UsageEvent]:
    happened = Timestamp()
    happened.GetCurrentTime()

    def header(name: str) -> UsageHeader:
        return UsageHeader(event_id=usage_id(name, "test"), happen_time=happened)

    events: list[UsageEvent] = []
    for key in (GONE, STAYS):
        events += [
            RequestFinished(header=header(f"r{key}"), user_key=key, chat_key=key + 1, service="text"),
            ModelCalled(header=header(f"c{key}"), user_key=key, service="text"),
            LimitRefused(header=header(f"l{key}"), user_key=key, chat_key=key + 1, quota="messages"),
        ]
    return events


async def _count(database: Database, table: str, where: str) -> Any:
    return (await database.query(f"SELECT count() FROM {table} WHERE {where}")).rows[0][0]


async def test_whoever_wants_to_be_forgotten_is_taken_out_of_every_row_also_of_those_on_their_way(
    nats: Nats, usage: UsagePublisher, migrated: Database
) -> None:
    await ensure_privacy_stream(nats.js, replicas=1)
    await publish(usage, _events())
    last = (await nats.js.stream_info(STREAM)).state.last_seq
    wish = UserForgotten(user_key=GONE, chat_key=GONE + 1, usage_sequence=last)
    wish.happen_time.GetCurrentTime()
    await Publisher(nats.js, source="/quartet/test").publish(USER_FORGOTTEN, wish, event_id="forget-1")

    metrics, stop = AdminMetrics(CollectorRegistry()), asyncio.Event()
    intake = Intake(nats.js, max_messages=100, max_seconds=0.1, ack_wait_seconds=1.0)
    writer = Writer(nats.js, intake, migrated, metrics, Failpoints("", Environment.TEST))
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        # It begins before the rows are there.
        group.create_task(forgetting_consumer(nats, migrated).run(stop))
        group.create_task(writer.run(stop))
        while await _count(migrated, "v_requests", "user_key = 0") == 0:  # noqa: ASYNC110 - ClickHouse tells nobody
            await asyncio.sleep(0.05)
        while (await nats.js.consumer_info("PRIVACY", "admin-forgetting")).num_ack_pending:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        stop.set()

    for table in TABLES:
        assert await _count(migrated, f"v_{table}", f"user_key = {GONE}") == 0
        assert await _count(migrated, f"v_{table}", f"user_key = {STAYS}") == 1
        assert await _count(migrated, f"v_{table}", "1") == 2
    assert await _count(migrated, "v_requests", f"chat_key = {GONE + 1}") == 0
    await Rollups(migrated, metrics, interval_seconds=60).sum_up()
    assert await _count(migrated, "rollup_user_day", f"user_key = {GONE}") == 0
