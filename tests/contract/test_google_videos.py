from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest_asyncio
from pydantic import SecretStr

from services.chassis import errors
from services.sandbox.google.app import build
from services.sandbox.google.settings import GoogleSettings
from services.sandbox.vendor.faults import FaultKind
from services.video.providers.base import VideoProvider
from services.video.providers.google.connection import connect
from services.video.providers.google.settings import GoogleVideoSettings
from tests.contract.video_provider import Refusal, VideoProviderSuite
from tests.support.google import GoogleStandIn
from tests.support.stand_ins import serving

FILM_SECONDS = 0.2


class FilmingGoogle(GoogleStandIn):
    """Google's stand-in, as far as it makes films."""

    async def pace(self, *, film_seconds: float = FILM_SECONDS, **_texts: Any) -> None:
        await self._ask("PUT", "/control/films", {"film_seconds": film_seconds})

    async def tasks(self) -> list[dict[str, Any]]:
        return list(await self._ask("GET", "/control/films"))


@asynccontextmanager
async def connected(
    url: str, *, submit_seconds: float = 5.0, proxy: str | None = None
) -> AsyncIterator[VideoProvider]:
    settings = GoogleVideoSettings(google_base_url=url, google_proxy=SecretStr(proxy) if proxy else None)
    async with aclosing(connect(settings, submit_seconds=submit_seconds, max_requests=10)) as provider:
        yield provider


class TestGoogle(VideoProviderSuite):
    model = "gemini-omni-1.2-flash"
    refusals = (
        Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
        Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
        Refusal(FaultKind.OVERLOADED, None, errors.ProviderUnavailable),
        Refusal(FaultKind.INVALID_KEY, None, errors.ProviderMisconfigured),
        Refusal(FaultKind.UNSUPPORTED_COUNTRY, None, errors.ProviderUnsupportedCountry),
    )

    def connected(self, url: str, **settings: Any) -> AbstractAsyncContextManager[VideoProvider]:
        return connected(url, **settings)

    @pytest_asyncio.fixture
    async def vendor(self, tmp_path: Path) -> AsyncIterator[FilmingGoogle]:
        settings = GoogleSettings(directory=tmp_path / "google", film_seconds=FILM_SECONDS)
        async with serving(build(settings), 0) as (session, url):
            yield FilmingGoogle(session, url)
