import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from nats.js.api import StreamConfig
from quartet.common.v1.usage_pb2 import Usage

from services.chassis.errors import InvalidRequest, ServiceUnavailable
from services.chassis.events import Consumer, Event, Handler, Publisher, registry
from services.chassis.jetstream import ConfigurationConflict, Nats, connect, ensure_stream
from tests.support.nats import nats_server


class Bench:
    """A stream with its dead letters, and a consumer that can be run on it."""

    def __init__(self, nats: Nats) -> None:
        self.nats = nats
        self.stream = f"T{uuid.uuid4().hex[:12]}"
        self.publisher = Publisher(nats.js, source="/quartet/test")

    async def prepare(self) -> None:
        await ensure_stream(self.nats.js, StreamConfig(name=self.stream, subjects=[f"{self.stream}.>"]))

    async def publish(self, *event_ids: str) -> None:
        for event_id in event_ids:
            await self.publisher.publish(f"{self.stream}.work", Usage(model=event_id), event_id=event_id)

    def consumer(self, handler: Handler, **options: Any) -> Consumer:
        defaults: dict[str, Any] = {
            "concurrency": 4,
            "ack_wait_seconds": 5.0,
            "max_deliver": 3,
            "dead_letters": f"{self.stream}.dead",
            "reconnected": self.nats.reconnected,
        }
        return Consumer(
            self.nats.js,
            self.stream,
            "worker",
            [f"{self.stream}.work", f"{self.stream}.more"],
            registry(Usage),
            handler,
            **{**defaults, **options},
        )

    async def dead_letter(self) -> Any:
        subscription = await self.nats.js.pull_subscribe(f"{self.stream}.dead", stream=self.stream)
        return (await subscription.fetch(1, timeout=10))[0]

    async def left(self) -> tuple[int, int]:
        """Return how many events wait, and how many are delivered but not settled."""
        await self.nats.client.flush()
        info = await self.nats.js.consumer_info(self.stream, "worker")
        return info.num_pending or 0, info.num_ack_pending or 0


@pytest.fixture
async def bench(nats_url: str) -> AsyncIterator[Bench]:
    async with connect(nats_url, name="test") as nats:
        bench = Bench(nats)
        await bench.prepare()
        yield bench


@asynccontextmanager
async def running(consumer: Consumer) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(consumer.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


class Recorder:
    """A handler that records, fails as often as told, and tells when enough has come."""

    def __init__(self, expected: int, failures: list[Exception] | None = None) -> None:
        self.events: list[Event[Any]] = []
        self.done = asyncio.Event()
        self._expected = expected
        self._failures = failures or []

    async def __call__(self, event: Event[Any]) -> None:
        self.events.append(event)
        if len(self.events) >= self._expected:
            self.done.set()
        if self._failures:
            raise self._failures.pop(0)

    async def enough(self) -> None:
        await asyncio.wait_for(self.done.wait(), 15)


async def test_every_event_is_handled_and_settled(bench: Bench) -> None:
    handler = Recorder(expected=20)
    async with running(bench.consumer(handler)):
        await bench.publish(*(f"{n}" for n in range(20)))
        await handler.enough()

    assert sorted(event.message.model for event in handler.events) == sorted(f"{n}" for n in range(20))
    assert await bench.left() == (0, 0)


async def test_no_more_events_run_at_once_than_allowed(bench: Bench) -> None:
    at_once, most, done = 0, 0, asyncio.Event()

    async def handler(event: Event[Any]) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        if event.event_id == "9":
            done.set()

    await bench.publish(*(f"{n}" for n in range(10)))
    async with running(bench.consumer(handler, concurrency=3)):
        await asyncio.wait_for(done.wait(), 10)

    assert most == 3


async def test_an_event_that_failed_for_now_comes_again(bench: Bench) -> None:
    handler = Recorder(expected=2, failures=[ServiceUnavailable(retry_after_seconds=0.1)])
    async with running(bench.consumer(handler)):
        await bench.publish("1")
        await handler.enough()

    assert [event.deliveries for event in handler.events] == [1, 2]
    assert await bench.left() == (0, 0)


async def test_heartbeats_keep_a_long_handler_alone(bench: Bench) -> None:
    calls, done = 0, asyncio.Event()

    async def handler(_event: Event[Any]) -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(1.0)
        done.set()

    async with running(bench.consumer(handler, ack_wait_seconds=0.4)):
        await bench.publish("1")
        await asyncio.wait_for(done.wait(), 5)

    assert calls == 1
    assert await bench.left() == (0, 0)


async def test_what_cannot_be_retried_becomes_a_dead_letter_at_once(bench: Bench) -> None:
    handler = Recorder(expected=1, failures=[InvalidRequest("no such chat")])
    async with running(bench.consumer(handler)):
        await bench.publish("1")
        letter = await bench.dead_letter()

    assert letter.headers["quartet-dead-reason"] == "ERROR_REASON_INVALID_REQUEST"
    assert letter.headers["quartet-dead-message"] == "no such chat"
    assert letter.headers["ce-id"] == "1"
    assert Usage.FromString(letter.data) == Usage(model="1")
    assert len(handler.events) == 1
    assert await bench.left() == (0, 0)


async def test_a_bug_is_logged_and_dies_after_the_last_delivery(bench: Bench) -> None:
    handler = Recorder(expected=2, failures=[KeyError("bug"), KeyError("bug")])
    with structlog.testing.capture_logs() as lines:
        async with running(bench.consumer(handler, max_deliver=2)):
            await bench.publish("1")
            letter = await bench.dead_letter()

    assert letter.headers["quartet-dead-reason"] == "ERROR_REASON_INTERNAL"
    assert [event.deliveries for event in handler.events] == [1, 2]
    assert len([line for line in lines if line["event"] == "event_handler_crashed"]) == 2
    assert "KeyError" not in letter.headers["quartet-dead-message"]


async def test_a_message_that_cannot_be_read_becomes_a_dead_letter(bench: Bench) -> None:
    handler = Recorder(expected=1)
    async with running(bench.consumer(handler)):
        await bench.nats.js.publish(f"{bench.stream}.work", b"\xff\xffpoison", headers={"ce-id": "x"})
        await bench.publish("good")
        letter = await bench.dead_letter()
        await handler.enough()

    assert letter.data == b"\xff\xffpoison"
    assert [event.event_id for event in handler.events] == ["good"]
    assert await bench.left() == (0, 0)


async def test_an_event_that_killed_every_process_becomes_a_dead_letter(bench: Bench) -> None:
    handler = Recorder(expected=1)
    async with running(bench.consumer(handler)):
        pass  # the durable consumer exists now
    await bench.publish("1")
    subscription = await bench.nats.js.pull_subscribe_bind(durable="worker", stream=bench.stream)
    for _ in range(3):
        await (await subscription.fetch(1))[0].nak()
    await subscription.unsubscribe()

    async with running(bench.consumer(handler)):
        letter = await bench.dead_letter()

    assert letter.headers["ce-id"] == "1"
    assert handler.events == []


async def test_a_stop_lets_handlers_finish_and_gives_back_the_rest(bench: Bench) -> None:
    begun, finished = asyncio.Semaphore(0), []

    async def handler(event: Event[Any]) -> None:
        begun.release()
        await asyncio.sleep(0.2 if event.event_id == "quick" else 60)
        finished.append(event.event_id)

    stop = asyncio.Event()
    task = asyncio.create_task(bench.consumer(handler, stop_seconds=0.5).run(stop))
    await bench.publish("quick", "slow")
    for _ in range(2):
        await asyncio.wait_for(begun.acquire(), 5)
    stop.set()
    await asyncio.wait_for(task, 5)

    assert finished == ["quick"]
    handler_of_the_next = Recorder(expected=1)
    async with running(bench.consumer(handler_of_the_next)):
        await handler_of_the_next.enough()
    assert [event.event_id for event in handler_of_the_next.events] == ["slow"]


async def test_a_changed_filter_reaches_the_durable_consumer(bench: Bench) -> None:
    handler = Recorder(expected=1)
    async with running(bench.consumer(handler)):
        pass
    consumer = Consumer(
        bench.nats.js,
        bench.stream,
        "worker",
        [f"{bench.stream}.other"],
        registry(Usage),
        handler,
        concurrency=1,
        ack_wait_seconds=2,
        max_deliver=3,
        dead_letters=f"{bench.stream}.dead",
    )
    async with running(consumer):
        await bench.publish("not ours")
        await bench.publisher.publish(f"{bench.stream}.other", Usage(), event_id="ours")
        await handler.enough()

    assert [event.event_id for event in handler.events] == ["ours"]


async def test_events_flow_at_once_after_the_server_was_killed(tmp_path: Path) -> None:
    with nats_server(tmp_path) as server:
        async with connect(server.url, name="test") as nats:
            bench = Bench(nats)
            await bench.prepare()
            handled = {"before": asyncio.Event(), "after": asyncio.Event()}

            async def handler(event: Event[Any]) -> None:
                handled[event.event_id].set()

            async with running(bench.consumer(handler)):
                await bench.publish("before")
                await asyncio.wait_for(handled["before"].wait(), 5)
                await server.kill_and_start()
                await bench.publish("after")
                # Below the two seconds of a fetch that noticed nothing.
                await asyncio.wait_for(handled["after"].wait(), 1.5)


async def test_a_consumer_that_was_deleted_is_made_again(bench: Bench) -> None:
    handler = Recorder(expected=1)
    async with running(bench.consumer(handler)):
        await asyncio.sleep(0.1)
        await bench.nats.js.delete_consumer(bench.stream, "worker")
        await bench.publish("1")
        await handler.enough()

    assert [event.event_id for event in handler.events] == ["1"]


async def test_a_consumer_waits_for_the_stream_of_a_service_that_starts_later(nats_url: str) -> None:
    async with connect(nats_url, name="test") as nats:
        bench = Bench(nats)
        handler = Recorder(expected=1)
        async with running(bench.consumer(handler)):
            await asyncio.sleep(0.1)
            await bench.prepare()
            await bench.publish("1")
            await handler.enough()

    assert [event.event_id for event in handler.events] == ["1"]


async def test_a_consumer_that_the_server_refuses_is_a_conflict(bench: Bench) -> None:
    with pytest.raises(ConfigurationConflict):
        await bench.consumer(Recorder(expected=1), ack_wait_seconds=-1).run(asyncio.Event())
