from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest_asyncio
from pydantic import SecretStr

from services.chassis import errors
from services.sandbox.runway.app import build
from services.sandbox.runway.settings import RunwaySettings
from services.sandbox.vendor.faults import FaultKind
from services.video.providers.base import VideoProvider
from services.video.providers.runway.connection import connect
from services.video.providers.runway.settings import RunwayVideoSettings
from tests.contract.video_provider import Refusal, VideoProviderSuite, ended, request, submitted
from tests.support.runway import RunwayStandIn
from tests.support.stand_ins import serving

FILM_SECONDS = 0.2


@asynccontextmanager
async def connected(
    url: str, *, submit_seconds: float = 5.0, proxy: str | None = None
) -> AsyncIterator[VideoProvider]:
    settings = RunwayVideoSettings(runwayml_base_url=url, runway_proxy=SecretStr(proxy) if proxy else None)
    async with aclosing(connect(settings, submit_seconds=submit_seconds, max_requests=10)) as provider:
        yield provider


class TestRunway(VideoProviderSuite):
    model = "gen4.5"
    refusals = (
        Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
        Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
        Refusal(FaultKind.OVERLOADED, None, errors.ProviderUnavailable),
        Refusal(FaultKind.INVALID_KEY, None, errors.ProviderMisconfigured),
        Refusal(FaultKind.MODEL_NOT_FOUND, None, errors.ModelNotFound),
    )

    def connected(self, url: str, **settings: Any) -> AbstractAsyncContextManager[VideoProvider]:
        return connected(url, **settings)

    @pytest_asyncio.fixture
    async def vendor(self, tmp_path: Path) -> AsyncIterator[RunwayStandIn]:
        settings = RunwaySettings(directory=tmp_path / "runway", film_seconds=FILM_SECONDS)
        async with serving(build(settings), 0) as (session, url):
            yield RunwayStandIn(session, url)

    async def test_prices_are_told_before_and_after(self, vendor: RunwayStandIn) -> None:
        async with connected(vendor.url) as provider:
            assert provider.offers[self.model].cost_micros_per_second == 120_000
            async with aclosing(provider.stream(request(self.model, duration_seconds=5))) as pieces:
                (taken,) = [each async for each in pieces]
            assert taken.estimated_cost_micros == 600_000
            assert (await ended(provider, taken.task_id)).cost_micros == 600_000

    async def test_what_waits_for_room_at_the_vendor_is_waited_for(self, vendor: RunwayStandIn) -> None:
        await vendor.pace(film_seconds=0.3, concurrency=1)
        async with connected(vendor.url) as provider:
            first, second = [await submitted(provider, request(self.model)) for _ in range(2)]
            await ended(provider, first)
            await ended(provider, second)
        assert {task["status"] for task in await vendor.tasks()} == {"SUCCEEDED"}
