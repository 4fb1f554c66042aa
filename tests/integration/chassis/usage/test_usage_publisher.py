import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from nats.js.api import RetentionPolicy
from prometheus_client import CollectorRegistry
from quartet.common.v1.usage_events_pb2 import FeedbackGiven, ModelCalled, RequestFinished, UsageHeader

from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Publisher, decode, registry
from services.chassis.jetstream import Nats, connect
from services.chassis.settings import Environment, ServiceSettings
from services.chassis.usage import (
    KINDS,
    STREAM,
    UsagePublisher,
    ensure_usage_stream,
    open_usage,
    request_id,
    usage_id,
)
from services.chassis.usage.publisher import UsageMetrics
from tests.support.nats import NatsServer, nats_server

SETTINGS = ServiceSettings(
    environment=Environment.TEST, quartet_release="v7", grpc_port=50061, metrics_port=9101
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as running:
        yield running


@pytest.fixture
async def nats(server: NatsServer) -> AsyncIterator[Nats]:
    async with connect(server.url, name="test") as opened:
        yield opened


def _request(turn_id: str, *, version: int = 0) -> RequestFinished:
    header = UsageHeader(
        event_id=request_id(turn_id), version=version, happen_time=Timestamp(seconds=1_780_000_000)
    )
    return RequestFinished(header=header, service="text")


async def _stored(nats: Nats) -> list[RequestFinished]:
    subscription = await nats.js.pull_subscribe("quartet.usage.>", stream=STREAM)
    count = (await nats.js.stream_info(STREAM)).state.messages
    messages = [message for _ in range(count) for message in await subscription.fetch(1)]
    return [decode(message, registry(*KINDS)).message for message in messages]


async def test_a_replayed_step_is_stored_once_and_another_version_of_it_again(nats: Nats) -> None:
    async with open_usage(nats, SETTINGS, CollectorRegistry(), service="gateway", replicas=1) as usage:
        await usage.publish(_request("1"))
        await usage.publish(_request("1"))
        await usage.publish(_request("1", version=2_000_000_000_000))

    first, second = (event.header for event in await _stored(nats))
    assert (first.environment, first.release) == ("test", "v7")
    assert (first.version, second.version) == (1_780_000_000_000, 2_000_000_000_000)
    assert first.event_id == second.event_id


async def test_every_service_may_make_the_stream_and_finds_it_as_it_wants_it(nats: Nats) -> None:
    await asyncio.gather(*(ensure_usage_stream(nats.js, replicas=1) for _ in range(5)))

    config = (await nats.js.stream_info(STREAM)).config
    assert config.retention == RetentionPolicy.LIMITS
    assert (config.max_age or 0) >= 72 * 3600
    assert (config.max_bytes or 0) > 0


async def test_what_is_offered_is_stored_by_the_end_of_the_block(nats: Nats) -> None:
    async with open_usage(nats, SETTINGS, CollectorRegistry(), service="text", replicas=1) as usage:
        for number in range(300):
            header = UsageHeader(event_id=usage_id("1", f"call.{number}"))
            usage.offer(ModelCalled(header=header))

    assert (await nats.js.stream_info(STREAM)).state.messages == 300


async def test_what_is_offered_survives_a_restart_of_the_store(nats: Nats, server: NatsServer) -> None:
    async with open_usage(nats, SETTINGS, CollectorRegistry(), service="text", replicas=1) as usage:
        restart = asyncio.create_task(server.kill_and_start())
        for number in range(50):
            usage.offer(FeedbackGiven(header=UsageHeader(event_id=usage_id(f"{number}", "thumb"))))
        await restart

    assert (await nats.js.stream_info(STREAM)).state.messages == 50


async def test_more_than_may_wait_is_dropped_and_counted_and_nobody_waits(nats: Nats) -> None:
    metrics = CollectorRegistry()
    usage = UsagePublisher(
        Publisher(nats.js, source="/quartet/test", deadline_seconds=0.1),
        UsageMetrics(metrics),
        environment="test",
        release="",
        max_waiting=3,
    )
    for number in range(5):
        usage.offer(_request(str(number)))

    assert metrics.get_sample_value("quartet_usage_dropped_total", {"kind": "request_finished"}) == 2


async def test_whoever_needs_to_know_hears_that_the_event_was_not_stored(nats: Nats) -> None:
    # Nobody has made the stream.
    publisher = Publisher(nats.js, source="/quartet/test", deadline_seconds=0.1)
    usage = UsagePublisher(publisher, UsageMetrics(CollectorRegistry()), environment="test", release="")
    with pytest.raises(ServiceUnavailable):
        await usage.publish(_request("1"))
