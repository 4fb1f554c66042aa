from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.sandbox.openai.app import build
from services.sandbox.openai.settings import OpenAISettings
from tests.support.stand_ins import PICTURE_SECONDS, VendorStandIn, serving


class OpenAIStandIn(VendorStandIn):
    """What a test tells OpenAI's stand-in, and asks of it, through its control API."""

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"


@asynccontextmanager
async def openai_stand_in(*, responses_api: bool = True, port: int = 0) -> AsyncIterator[OpenAIStandIn]:
    """Serve the stand-in on this loop and a free port, or the one given, as fast as it can."""
    settings = OpenAISettings(
        first_token_ms=0,
        tokens_per_second=1000,
        picture_seconds=PICTURE_SECONDS,
        responses_api=responses_api,
    )
    async with serving(build(settings), port) as (session, url):
        yield OpenAIStandIn(session, url)
