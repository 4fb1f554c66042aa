from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import nats
import pytest
from prometheus_client import CollectorRegistry
from quartet.common.v1.error_reason_pb2 import (
    ERROR_REASON_MODEL_NOT_FOUND,
    ERROR_REASON_PROVIDER_OUT_OF_FUNDS,
    ERROR_REASON_PROVIDER_UNAVAILABLE,
)
from quartet.common.v1.vendor_events_pb2 import VendorRecovered, VendorTroubled
from quartet.text.v1 import text_service_pb2 as pb

from services.chassis.errors import ModelNotFound, ProviderOutOfFunds, ProviderUnavailable
from services.chassis.events import Event, Publisher, decode, registry
from services.chassis.jetstream import Nats, connect
from services.providers.breaker import Change, State
from services.providers.metrics import VendorMetrics
from services.providers.troubles import OUTAGE_SECONDS, Troubles, open_events
from services.sandbox.vendor.faults import FaultKind
from tests.support.openai import OpenAIStandIn
from tests.support.text_service import text_service

STREAM = "TEXT_EVENTS"
SUBJECTS = "quartet.text.events"
EVENTS = registry(VendorTroubled, VendorRecovered)
# In the middle of the time in which one trouble is one event.
NOON = datetime(2026, 11, 23, 15, tzinfo=UTC)
OUT_OF_FUNDS = Change(State.OPEN, ProviderOutOfFunds())
CLOSED = Change(State.CLOSED)


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Nats]:
    async with connect(nats_url, name="test") as bus:
        await open_events(bus, service="text", replicas=1)
        await bus.js.delete_stream(STREAM)
        yield bus


@pytest.fixture
async def publisher(bus: Nats) -> Publisher:
    return await open_events(bus, service="text", replicas=1)


def troubles(publisher: Publisher, now: datetime = NOON) -> Troubles:
    return Troubles(publisher, VendorMetrics(CollectorRegistry(), "text"), service="text", now=lambda: now)


async def published(bus: Nats) -> list[Event[Any]]:
    count = (await bus.js.stream_info(STREAM)).state.messages
    if not count:
        return []
    subscription = await bus.js.subscribe(f"{SUBJECTS}.*", stream=STREAM, ordered_consumer=True)
    events = [decode(await subscription.next_msg(timeout=5), EVENTS) for _ in range(count)]
    await subscription.unsubscribe()
    return events


async def test_one_trouble_is_one_event_however_many_replicas_meet_it(
    bus: Nats, publisher: Publisher
) -> None:
    replicas = [troubles(publisher), troubles(publisher, NOON + timedelta(minutes=1))]
    async with AsyncExitStack() as stack:
        for replica in replicas:
            await stack.enter_async_context(replica.publishing())
            for _ in range(3):
                replica.changed("openai", "", OUT_OF_FUNDS, "google")
    [event] = await published(bus)
    assert event.message.provider == "openai"
    assert event.message.reason == ERROR_REASON_PROVIDER_OUT_OF_FUNDS
    assert event.message.standby_provider == "google"


async def test_an_outage_is_an_event_only_once_it_has_lasted(bus: Nats, publisher: Publisher) -> None:
    watch = troubles(publisher)
    async with watch.publishing():
        watch.changed("openai", "", Change(State.OPEN, ProviderUnavailable()), "")
        watch.changed("openai", "", CLOSED, "")
    assert await published(bus) == []
    async with watch.publishing():
        watch.changed("openai", "", Change(State.OPEN, ProviderUnavailable(), OUTAGE_SECONDS), "")
        watch.changed("openai", "", CLOSED, "")
    troubled, recovered = await published(bus)
    assert troubled.message.reason == ERROR_REASON_PROVIDER_UNAVAILABLE
    assert isinstance(recovered.message, VendorRecovered)
    assert recovered.message.provider == "openai"


async def test_a_retired_model_is_named_and_its_vendor_is_not_in_trouble(
    bus: Nats, publisher: Publisher
) -> None:
    watch = troubles(publisher)
    async with watch.publishing():
        watch.changed("openai", "gpt-4o", Change(State.OPEN, ModelNotFound()), "openai")
        watch.changed("openai", "", CLOSED, "")
    [event] = await published(bus)
    assert event.message.model == "gpt-4o"
    assert event.message.reason == ERROR_REASON_MODEL_NOT_FOUND


async def test_a_trouble_that_goes_on_is_told_again_after_hours(bus: Nats, publisher: Publisher) -> None:
    for hours in (0, 7):
        watch = troubles(publisher, NOON + timedelta(hours=hours))
        async with watch.publishing():
            watch.changed("openai", "", OUT_OF_FUNDS, "google")
    assert len(await published(bus)) == 2


async def test_a_vendor_that_fails_again_after_it_recovered_is_told_again(
    bus: Nats, publisher: Publisher
) -> None:
    watch = troubles(publisher)
    async with watch.publishing():
        for _ in range(2):
            watch.changed("openai", "", OUT_OF_FUNDS, "")
            watch.changed("openai", "", CLOSED, "")
    kinds = [type(event.message) for event in await published(bus)]
    assert kinds == [VendorTroubled, VendorRecovered] * 2


async def test_a_store_that_is_gone_does_not_hold_up_the_end(nats_url: str, bus: Nats) -> None:
    client = await nats.connect(nats_url)
    watch = troubles(Publisher(client.jetstream(), source="/test", deadline_seconds=0.1))
    await client.close()
    async with watch.publishing():
        watch.changed("openai", "", OUT_OF_FUNDS, "google")


async def test_the_service_tells_of_a_vendor_without_money_and_answers_at_once_that_it_cannot(
    nats_url: str, bus: Nats, publisher: Publisher, vendor: OpenAIStandIn
) -> None:
    async with text_service(nats_url, vendor) as text:
        await vendor.fail(FaultKind.OUT_OF_FUNDS, times=2)
        for turn_id in ("t1", "t2"):
            with pytest.raises(ProviderOutOfFunds):
                await text.ask(turn_id, conversation_id="without-money")
        assert 'quartet_text_vendor_state="open"} 1.0' in await text.metrics()
        assert {model.health for model in await text.models()} == {pb.MODEL_HEALTH_UNAVAILABLE}
    assert len(await vendor.calls()) == 1
    [event] = await published(bus)
    assert event.source == "/quartet/text"
    assert event.message.provider == "openai"
    assert not event.message.standby_provider
