from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.sandbox.google.app import build
from services.sandbox.google.settings import GoogleSettings
from tests.support.stand_ins import PICTURE_SECONDS, VendorStandIn, serving


class GoogleStandIn(VendorStandIn):
    """What a test tells Google's stand-in, and asks of it, through its control API."""


@asynccontextmanager
async def google_stand_in(*, port: int = 0) -> AsyncIterator[GoogleStandIn]:
    """Serve the stand-in on this loop and a free port, or the one given, as fast as it can."""
    settings = GoogleSettings(first_token_ms=0, tokens_per_second=1000, picture_seconds=PICTURE_SECONDS)
    async with serving(build(settings), port) as (session, url):
        yield GoogleStandIn(session, url)
