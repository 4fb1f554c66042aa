import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from services.chassis.jetstream import connect, ensure_bucket
from services.chassis.switches import Switches, open_switches, switches_bucket
from tests.integration.chassis.rpc import free_settings
from tests.support.nats import NatsServer, nats_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as server:
        yield server


@pytest.fixture
def root_level() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before = root.level
    root.setLevel("INFO")
    yield root
    root.setLevel(before)


@pytest.fixture
async def switches(server: NatsServer) -> AsyncIterator[Switches]:
    async with (
        connect(server.url, name="text") as nats,
        open_switches(nats, free_settings(), "text", replicas=1) as switches,
    ):
        yield switches


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - a level tells nobody that it has changed
            await asyncio.sleep(0.005)


async def test_a_vendor_or_a_model_is_off_as_soon_as_it_is_switched_until_it_is_on(
    server: NatsServer, switches: Switches
) -> None:
    async with connect(server.url, name="admin") as nats:
        bucket = await ensure_bucket(nats.js, switches_bucket(1))
        await bucket.put("off.openai", b"off")
        await bucket.put("off.google.gemini-3.5-flash", b"off")
        await _until(lambda: switches.is_off("google", "gemini-3.5-flash"))
        assert switches.is_off("openai", "gpt-6-luna")
        assert not switches.is_off("google", "gemini-3.5-pro")
        await bucket.delete("off.openai")
        await _until(lambda: not switches.is_off("openai", "gpt-6-luna"))


async def test_what_was_switched_before_a_start_holds_from_the_first_moment(server: NatsServer) -> None:
    async with connect(server.url, name="admin") as nats:
        bucket = await ensure_bucket(nats.js, switches_bucket(1))
        await bucket.put("off.openai", b"off")
        async with open_switches(nats, free_settings(), "text", replicas=1) as switches:
            assert switches.is_off("openai", "gpt-6-luna")


async def test_a_service_logs_at_its_own_level_at_run_time_and_as_usual_again(
    server: NatsServer, switches: Switches, root_level: logging.Logger
) -> None:
    async with connect(server.url, name="admin") as nats:
        bucket = await ensure_bucket(nats.js, switches_bucket(1))
        await bucket.put("log_level.image", b"ERROR")
        await bucket.put("log_level.text", b"DEBUG")
        await _until(lambda: root_level.level == logging.DEBUG)
        await bucket.put("log_level.text", b"LOUD")
        await _until(lambda: root_level.level == logging.INFO)


async def test_switches_stay_as_they_were_while_nats_is_away_and_are_heard_again_after(
    server: NatsServer, switches: Switches
) -> None:
    async with connect(server.url, name="admin") as nats:
        bucket = await ensure_bucket(nats.js, switches_bucket(1))
        await bucket.put("off.openai", b"off")
        await _until(lambda: switches.is_off("openai", "any"))
        server.kill()
        assert switches.is_off("openai", "any")
        server.start()
        await nats.reconnected.wait()
        await bucket.put("off.google", b"off")
        await _until(lambda: switches.is_off("google", "any"))
        assert switches.is_off("openai", "any")
