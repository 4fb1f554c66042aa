import pytest
from nats.js.api import ConsumerConfig, StreamConfig
from quartet.admin.v1.alert_events_pb2 import AlertCleared, AlertKind, AlertRaised

from services.admin.watch.gauges import Limit, OldestWaiting, StreamLength
from services.admin.watch.watch import SUBJECTS, Matter, Watch, open_watch
from services.chassis.jetstream import Nats

Told = list[AlertRaised | AlertCleared]


class Dial:
    """A gauge that shows what it is turned to."""

    def __init__(self) -> None:
        self.value: float | None = 0.0

    async def read(self) -> float | None:
        return self.value


@pytest.fixture
def dial() -> Dial:
    return Dial()


@pytest.fixture
async def told(nats: Nats, dial: Dial) -> Told:
    await _watch(nats, dial)
    heard: Told = []

    async def hear(msg: object) -> None:
        subject, data = msg.subject, msg.data  # type: ignore[attr-defined]
        kind = AlertRaised if subject.endswith("raised") else AlertCleared
        heard.append(kind.FromString(data))

    await nats.client.subscribe(f"{SUBJECTS}.*", cb=hear)
    await nats.client.flush()
    return heard


async def _watch(nats: Nats, dial: Dial) -> Watch:
    matter = Matter(AlertKind.ALERT_KIND_DISK, dial, Limit(90.0, 85.0), "https://panel.example/")
    return await open_watch(nats, [matter], replicas=1, interval_seconds=60)


async def test_what_goes_beyond_its_limit_is_told_once_by_all_replicas_and_again_after_it_was_well(
    nats: Nats, dial: Dial, told: Told
) -> None:
    watches = [await _watch(nats, dial) for _ in range(2)]
    for value in (50.0, 95.0, 97.0, None, 88.0, 84.0, 86.0, 93.0):
        dial.value = value
        for watch in watches:
            await watch.look()
    # A process that has just begun knows what was told.
    await (await _watch(nats, dial)).look()
    await nats.client.flush()

    assert [type(each) for each in told] == [AlertRaised, AlertCleared, AlertRaised]
    first = told[0]
    assert isinstance(first, AlertRaised)
    assert (first.value, first.limit, first.url) == (95.0, 90.0, "https://panel.example/")


async def test_a_queue_is_as_old_as_what_nobody_has_taken_yet(nats: Nats) -> None:
    await nats.js.add_stream(StreamConfig(name="WORK", subjects=["work"]))
    oldest = OldestWaiting(nats.js, "WORK", "workers")
    assert await oldest.read() == 0.0
    await nats.js.add_consumer("WORK", ConsumerConfig(durable_name="workers"))
    assert await oldest.read() == 0.0
    for _ in range(2):
        await nats.js.publish("work", b"")
    waiting = await oldest.read()
    assert waiting is not None
    assert 0.0 < waiting < 10.0
    taken = await nats.js.pull_subscribe_bind(durable="workers", stream="WORK")
    for message in await taken.fetch(2):
        await message.ack()
    assert await oldest.read() == 0.0
    assert await StreamLength(nats.js, "WORK").read() == 2.0
    assert await StreamLength(nats.js, "NOWHERE").read() == 0.0
