import io
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from itertools import cycle
from typing import Any

import pytest
from aiohttp import web
from PIL import Image
from pydantic import SecretStr
from yarl import URL

from services.chassis import errors
from services.image.providers.base import Drawn, ImageProvider
from services.image.providers.openai.connection import connect
from services.image.providers.openai.settings import OpenAIImageSettings
from services.sandbox.vendor.faults import FaultKind
from tests.contract.image_provider import PreviewingProviderSuite, Refusal, picture, request, watch
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.ports import free_port
from tests.support.socks import socks_proxy
from tests.support.stand_ins import VendorStandIn, serving

MODEL = "gpt-image-2.6-flare"
PICTURE = picture(64, 64)
PICTURE_TEXT = b64encode(PICTURE.content).decode()
NONSENSE = (
    "",
    "data: [1]\n\n",
    "data: {broken\n\n",
    'data: {"type": "image_generation.completed"}\n\n',
    'data: {"type": "image_generation.completed", "b64_json": null}\n\n',
    'data: {"type": "image_generation.completed", "b64_json": ""}\n\n',
    'data: {"type": "image_generation.completed", "b64_json": "<html>"}\n\n',
    'data: {"type": "error"}\n\n',
    'data: {"error": "no"}\n\n',
    "{}",
    '{"data": []}',
    '{"data": [{"url": "http://elsewhere.invalid/picture.png"}]}',
    "<html>The server is being moved</html>",
    b"\xff\xfe\x00",
)


@asynccontextmanager
async def connected(
    base_url: str, *, first_seconds: float = 5.0, next_seconds: float = 5.0, proxy: str | None = None
) -> AsyncIterator[ImageProvider]:
    settings = OpenAIImageSettings(
        openai_base_url=base_url,
        openai_proxy=SecretStr(proxy) if proxy else None,
        openai_image_previews=2,
        openai_image_first_piece_timeout_seconds=first_seconds,
        openai_image_next_piece_timeout_seconds=next_seconds,
    )
    async with aclosing(connect(settings, max_requests=100)) as provider:
        yield provider


@asynccontextmanager
async def answering(
    *bodies: str | bytes, status: int = 200, content_type: str = "text/event-stream"
) -> AsyncIterator[ImageProvider]:
    """Connect to a server of somebody's own that gives these answers in turn, whatever is ordered."""
    answers = cycle(bodies)

    async def answer(asked: web.Request) -> web.Response:
        await asked.read()
        body = next(answers)
        payload = body.encode() if isinstance(body, str) else body
        return web.Response(body=payload, status=status, content_type=content_type)

    app = web.Application()
    app.router.add_post("/v1/images/{order}", answer)
    async with serving(app, 0) as (_session, url), connected(f"{url}/v1") as provider:
        yield provider


class TestOpenAIImages(PreviewingProviderSuite):
    model = MODEL
    preview_count = 2
    refusals = (
        Refusal(FaultKind.RATE_LIMIT, None, errors.ProviderRateLimited),
        Refusal(FaultKind.OUT_OF_FUNDS, None, errors.ProviderOutOfFunds),
        Refusal(FaultKind.OUT_OF_FUNDS, "billing_hard_limit_reached", errors.ProviderOutOfFunds),
        Refusal(FaultKind.OVERLOADED, None, errors.ProviderUnavailable),
        Refusal(FaultKind.SERVER_ERROR, None, errors.ProviderUnavailable),
        Refusal(FaultKind.MODERATION, None, errors.ContentRejected),
        Refusal(FaultKind.MODERATION, "content_policy_violation", errors.ContentRejected),
        Refusal(FaultKind.MODERATION, "image_generation_user_error", errors.ContentRejected),
        Refusal(FaultKind.UNSUPPORTED_COUNTRY, None, errors.ProviderUnsupportedCountry),
        Refusal(FaultKind.MODEL_NOT_FOUND, None, errors.ModelNotFound),
        Refusal(FaultKind.INVALID_KEY, None, errors.ProviderMisconfigured),
    )

    @pytest.fixture
    async def vendor(self) -> AsyncIterator[OpenAIStandIn]:
        async with openai_stand_in() as vendor:
            yield vendor

    def connected(
        self, vendor: VendorStandIn, *, first_seconds: float, next_seconds: float
    ) -> AbstractAsyncContextManager[ImageProvider]:
        return connected(f"{vendor.url}/v1", first_seconds=first_seconds, next_seconds=next_seconds)


async def test_a_server_that_cannot_stream_draws_too() -> None:
    body = f'{{"created": 1, "data": [{{"b64_json": "{PICTURE_TEXT}"}}]}}'
    async with answering(body, content_type="application/json") as provider:
        for asked in (request(MODEL), request(MODEL, "Night", PICTURE)):
            previews, drawn = await watch(provider.stream(asked))
            assert previews == []
            assert (drawn.mime_type, drawn.content) == ("image/png", PICTURE.content)
            assert drawn.usage.estimated


async def test_a_server_that_streams_in_its_own_way_is_understood() -> None:
    facts = f'"type": "image_generation.completed", "b64_json": "{PICTURE_TEXT}"'
    body = f': hello\r\n\r\ndata: {{"type": "ping"}}\r\n\r\ndata:{{{facts}}}\r\n\r\ndata: [DONE]\r\n\r\n'
    async with answering(body) as provider:
        _previews, drawn = await watch(provider.stream(request(MODEL)))
    assert drawn.content == PICTURE.content


async def test_a_picture_goes_by_what_it_is_not_by_what_its_server_says() -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "WEBP")
    facts = f'"output_format": "png", "b64_json": "{b64encode(file.getvalue()).decode()}"'
    async with answering(f'data: {{"type": "image_generation.completed", {facts}}}\n\n') as provider:
        _previews, drawn = await watch(provider.stream(request(MODEL)))
    assert drawn.mime_type == "image/webp"


@pytest.mark.parametrize("content_type", ["text/event-stream", "application/json"])
async def test_nonsense_is_an_outage(content_type: str) -> None:
    async with answering(*NONSENSE, content_type=content_type) as provider:
        for _body in NONSENSE:
            with pytest.raises(errors.ProviderUnavailable):
                await watch(provider.stream(request(MODEL)))


@pytest.mark.parametrize(
    ("status", "facts", "error"),
    [
        (400, '"code": "invalid_image_file", "param": "image"', errors.UnsupportedImage),
        (400, '"code": "invalid_image_format"', errors.UnsupportedImage),
        (400, '"code": "image_too_large"', errors.UnsupportedImage),
        (400, '"code": "unsupported_image_media_type"', errors.UnsupportedImage),
        (400, '"code": "unsupported_file_mimetype", "param": "image[1]"', errors.UnsupportedImage),
        (413, '"type": "invalid_request_error"', errors.UnsupportedImage),
        (400, '"type": "image_generation_user_error", "code": null', errors.ContentRejected),
        (400, '"type": "image_generation_user_error", "code": "other"', errors.ContentRejected),
        (400, '"type": "invalid_request_error", "param": "size"', errors.ProviderMisconfigured),
        (500, '"type": "image_generation_server_error"', errors.ProviderUnavailable),
        (401, '"code": "invalid_api_key"', errors.ProviderMisconfigured),
    ],
)
async def test_what_the_vendor_says_of_an_edit_is_understood(
    status: int, facts: str, error: type[errors.QuartetError]
) -> None:
    body = f'{{"error": {{"message": "Please see the image", {facts}}}}}'
    async with answering(body, status=status, content_type="application/json") as provider:
        with pytest.raises(error) as raised:
            await watch(provider.stream(request(MODEL, "Night", PICTURE)))
    assert "Please" not in str(raised.value)


async def test_a_vendor_that_cannot_be_reached_is_unavailable() -> None:
    async with connected(f"http://127.0.0.1:{free_port()}/v1") as provider:
        with pytest.raises(errors.ProviderUnavailable):
            await watch(provider.stream(request(MODEL)))


async def test_the_vendor_is_reached_through_an_http_proxy() -> None:
    async with openai_stand_in() as vendor:
        await vendor.pace(picture_seconds=0.0)
        async with connected("http://vendor.invalid/v1", proxy=vendor.url) as provider:
            _previews, drawn = await watch(provider.stream(request(MODEL, "Night", PICTURE)))
    assert isinstance(drawn, Drawn)


async def test_the_vendor_is_reached_through_a_socks_proxy() -> None:
    async with openai_stand_in() as vendor:
        await vendor.pace(picture_seconds=0.0)
        address = URL(vendor.url)
        async with (
            socks_proxy(str(address.host), int(address.port or 0)) as proxy,
            connected("http://vendor.invalid/v1", proxy=proxy.url) as provider,
        ):
            previews, _drawn = await watch(provider.stream(request(MODEL, "Night", PICTURE)))
    assert proxy.asked_for == ["vendor.invalid"]
    assert previews


async def test_a_model_that_will_end_says_when() -> None:
    async with openai_stand_in() as vendor, connected(vendor.base_url) as provider:
        models: dict[str, Any] = {model.model_id: model.shutdown_date for model in await provider.models()}
    assert models[MODEL] is None
    assert models["gpt-image-1.5"] == "2026-12-01"
