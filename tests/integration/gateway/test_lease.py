import asyncio
import json
import subprocess
import sys
import time
from contextlib import aclosing

from nats.js.kv import KeyValue

from services.gateway.lease import Lease, Tenure

SECONDS = 1.0


def a_lease(bucket: KeyValue, holder: str) -> Lease:
    return Lease(bucket, name="shard-0", holder=holder, seconds=SECONDS)


async def test_of_two_rivals_one_speaks_and_the_other_follows_when_it_gives_up(bucket: KeyValue) -> None:
    stop = asyncio.Event()
    async with aclosing(a_lease(bucket, "a").tenures(stop)) as ours:
        first = await anext(ours)
        async with aclosing(a_lease(bucket, "b").tenures(stop)) as theirs:
            waiting = asyncio.ensure_future(anext(theirs))
            # Longer than the lease: a living holder renews and keeps it.
            await asyncio.wait([waiting], timeout=2 * SECONDS)
            assert first.held
            assert not waiting.done()
            await ours.aclose()
            second = await asyncio.wait_for(waiting, SECONDS)
            assert second.held
            assert not first.held
            assert second.epoch > first.epoch


async def test_a_dead_holder_is_replaced_when_its_time_is_over_and_not_before(bucket: KeyValue) -> None:
    await bucket.create("shard-0", b'{"holder": "dead", "held": true}')
    began = time.monotonic()
    async with aclosing(a_lease(bucket, "b").tenures(asyncio.Event())) as ours:
        assert (await anext(ours)).held
    assert time.monotonic() - began >= SECONDS


async def test_a_holder_that_died_on_this_machine_is_replaced_at_once(bucket: KeyValue) -> None:
    code = "from services.gateway.processes import ProcessIdentity as P; print(P.own())"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
    printed, _ = await process.communicate()
    value = json.dumps({"holder": printed.decode().strip(), "held": True})
    await bucket.create("shard-0", value.encode())
    lease = Lease(bucket, name="shard-0", holder="b", seconds=60)
    async with aclosing(lease.tenures(asyncio.Event())) as ours:
        assert (await asyncio.wait_for(anext(ours), 10)).held


async def test_a_holder_keeps_its_lease_when_the_answer_to_a_renewal_was_lost(bucket: KeyValue) -> None:
    stop = asyncio.Event()
    async with aclosing(a_lease(bucket, "a").tenures(stop)) as ours:
        tenure = await anext(ours)
        entry = await bucket.get("shard-0")
        # The write came through, the holder never heard of it.
        await bucket.update("shard-0", entry.value or b"", last=entry.revision)
        await asyncio.wait([asyncio.create_task(tenure.ended.wait())], timeout=2 * SECONDS)
        assert tenure.held


def test_a_tenure_is_over_by_the_clock_alone() -> None:
    now = 100.0
    tenure = Tenure(1, 103.0, lambda: now)
    assert tenure.held
    now = 103.5
    assert not tenure.held
