import asyncio
import uuid
from pathlib import Path

import pytest
from nats.js.api import DiscardPolicy, StreamConfig
from quartet.common.v1.usage_pb2 import Usage

from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Publisher, decode, registry
from services.chassis.jetstream import connect, ensure_stream
from tests.support.nats import nats_server


@pytest.fixture
def stream() -> str:
    return f"T{uuid.uuid4().hex[:12]}"


async def test_an_event_is_stored_once_under_its_id(nats_url: str, stream: str) -> None:
    async with connect(nats_url, name="test") as nats:
        await ensure_stream(nats.js, StreamConfig(name=stream, subjects=[f"{stream}.>"]))
        publisher = Publisher(nats.js, source="/quartet/test")

        first = await publisher.publish(f"{stream}.a", Usage(model="m"), event_id="turn:1", subject="чат")
        again = await publisher.publish(f"{stream}.a", Usage(model="m"), event_id="turn:1", subject="чат")

        assert (first, again) == (True, False)
        assert (await nats.js.stream_info(stream)).state.messages == 1
        subscription = await nats.js.pull_subscribe(f"{stream}.>", stream=stream)
        event = decode((await subscription.fetch(1))[0], registry(Usage))
        assert (event.event_id, event.source, event.subject) == ("turn:1", "/quartet/test", "чат")
        assert event.message == Usage(model="m")


async def test_events_published_while_the_server_is_killed_are_all_there_once(tmp_path: Path) -> None:
    with nats_server(tmp_path) as server:
        async with connect(server.url, name="test") as nats:
            await ensure_stream(nats.js, StreamConfig(name="EVENTS", subjects=["events"]))
            publisher = Publisher(nats.js, source="/quartet/test")
            restarting = asyncio.create_task(server.kill_and_start())

            published = await asyncio.gather(
                *(publisher.publish("events", Usage(model="m"), event_id=f"{n}") for n in range(100))
            )

            await restarting
            assert len(published) == 100
            assert (await nats.js.stream_info("EVENTS")).state.messages == 100
            assert await publisher.publish("events", Usage(model="m"), event_id="0") is False


async def test_an_event_that_nobody_stores_is_unavailable_after_the_deadline(nats_url: str) -> None:
    async with connect(nats_url, name="test") as nats:
        publisher = Publisher(nats.js, source="/quartet/test", deadline_seconds=0.2)
        with pytest.raises(ServiceUnavailable):
            await publisher.publish(f"nobody.{uuid.uuid4().hex}", Usage(), event_id="1")


async def test_a_full_stream_is_told_at_once(nats_url: str, stream: str) -> None:
    async with connect(nats_url, name="test") as nats:
        config = StreamConfig(name=stream, subjects=[stream], max_msgs=1, discard=DiscardPolicy.NEW)
        await ensure_stream(nats.js, config)
        publisher = Publisher(nats.js, source="/quartet/test", deadline_seconds=60)
        await publisher.publish(stream, Usage(), event_id="1")

        with pytest.raises(ServiceUnavailable):
            await asyncio.wait_for(publisher.publish(stream, Usage(), event_id="2"), 5)
