import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import nats.errors
import pytest
from nats.js.errors import APIError

from services.chassis.jetstream import Nats, connect
from services.chassis.vendor_health import ModelHealth, VendorReport, reports
from services.providers.board import open_board
from services.sandbox.vendor.faults import FaultKind
from tests.support.nats import nats_server
from tests.support.openai import openai_stand_in
from tests.support.vendors import LATER_SECONDS, Clock, Noted, ask, two_vendors


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Nats]:
    async with connect(nats_url, name="test") as bus:
        yield bus


async def told(bus: Nats) -> dict[str, VendorReport]:
    return {report.provider: report async for report in reports(bus.js) if report.service == "test"}


async def until_told(bus: Nats, provider: str, health: str) -> ModelHealth:
    async with asyncio.timeout(20):
        while True:
            # The server may be away for a moment.
            with suppress(nats.errors.Error, APIError):
                found = (await told(bus)).get(provider)
                if found and found.models[0].health == health:
                    return found.models[0]
            await asyncio.sleep(0.02)


async def test_a_vendor_without_money_is_told_of_at_once_and_so_is_its_recovery(bus: Nats) -> None:
    board = await open_board(bus, service="test", replicas=1)
    noted, clock = Noted(), Clock()
    async with openai_stand_in() as first, openai_stand_in() as second:
        urls = [first.base_url, second.base_url]
        async with two_vendors(urls, noted, clock) as vendors, board.kept(vendors.all, noted.news):
            assert (await until_told(bus, "first", "available")).reason == ""
            await first.fail(FaultKind.OUT_OF_FUNDS)
            await ask(vendors)
            trouble = await until_told(bus, "first", "unavailable")
            assert trouble.reason == "ERROR_REASON_PROVIDER_OUT_OF_FUNDS"
            assert (await told(bus))["second"].models[0].health == "available"
            await first.work_again()
            clock.now += LATER_SECONDS
            await ask(vendors)
            await until_told(bus, "first", "available")
    # Of a process that has ended nothing is told any more.
    assert await told(bus) == {}


async def test_a_vendor_is_told_of_though_nats_died_meanwhile(tmp_path: Path) -> None:
    noted = Noted()
    with nats_server(tmp_path) as server:
        async with connect(server.url, name="test") as own, openai_stand_in() as first:
            board = await open_board(own, service="test", replicas=1)
            models = {"first": ("gpt-6-luna",)}
            opened = two_vendors([first.base_url], noted, Clock(), models=models)
            async with opened as vendors, board.kept(vendors.all, noted.news):
                await until_told(own, "first", "available")
                await server.kill_and_start()
                await first.fail(FaultKind.OUT_OF_FUNDS)
                await ask(vendors)
                await until_told(own, "first", "unavailable")
