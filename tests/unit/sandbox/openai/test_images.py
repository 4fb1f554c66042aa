import asyncio
import io
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, DefaultAioHttpClient
from openai.types import ImageGenCompletedEvent, ImageGenPartialImageEvent, ImageGenStreamEvent
from PIL import Image

from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from tests.support import media
from tests.support.openai import OpenAIStandIn, openai_stand_in

MODEL = "gpt-image-2.6-flare"


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as vendor:
        await vendor.pace(picture_seconds=0)
        yield vendor


@pytest.fixture
async def client(vendor: OpenAIStandIn) -> AsyncIterator[AsyncOpenAI]:
    http_client = DefaultAioHttpClient()
    async with AsyncOpenAI(
        api_key="sk-any", base_url=vendor.base_url, max_retries=0, http_client=http_client
    ) as client:
        yield client


def opened(text: str | None) -> Image.Image:
    assert text is not None
    return Image.open(io.BytesIO(b64decode(text, validate=True)))


async def streamed(client: AsyncOpenAI, prompt: str = "Кот", **more: Any) -> list[ImageGenStreamEvent]:
    stream = await client.images.generate(
        **{"model": MODEL, "prompt": prompt, "partial_images": 2, **more}, stream=True
    )
    return [event async for event in stream]


async def test_a_picture_comes_in_one_piece(vendor: OpenAIStandIn, client: AsyncOpenAI) -> None:
    answer = await client.images.generate(model=MODEL, prompt="Кот", size="1536x864", quality="high")
    assert answer.data
    picture = opened(answer.data[0].b64_json)
    assert (picture.format, picture.size) == ("PNG", (1536, 864))
    assert (answer.size, answer.quality, answer.output_format) == ("1536x864", "high", "png")
    assert answer.usage
    assert answer.usage.input_tokens_details.text_tokens == answer.usage.input_tokens == 1
    assert answer.usage.output_tokens_details
    assert answer.usage.output_tokens_details.image_tokens == answer.usage.output_tokens > 0


async def test_a_picture_grows(vendor: OpenAIStandIn, client: AsyncOpenAI) -> None:
    await vendor.pace(picture_seconds=0.1)
    *previews, last = await streamed(client, output_format="jpeg", output_compression=50)
    assert isinstance(last, ImageGenCompletedEvent)
    numbers = [
        event.partial_image_index for event in previews if isinstance(event, ImageGenPartialImageEvent)
    ]
    assert numbers == [0, 1]
    assert len(previews) == 2
    pictures = [opened(event.b64_json) for event in (*previews, last)]
    assert {(picture.format, picture.size) for picture in pictures} == {("JPEG", (1024, 1024))}
    assert last.usage.total_tokens == last.usage.input_tokens + last.usage.output_tokens
    [call] = await vendor.until_ended()
    assert call.outcome is Outcome.COMPLETED
    assert call.drawn
    assert (call.drawn.prompt, call.drawn.size, call.drawn.previews_sent) == ("Кот", "1024x1024", 2)
    assert call.ended_at
    assert call.ended_at - call.started_at >= 0.1


async def test_the_same_words_make_another_picture_each_time(client: AsyncOpenAI) -> None:
    first, second = [(await streamed(client, partial_images=0))[-1].b64_json for _ in range(2)]
    assert first != second


async def test_pictures_are_edited_and_kept_as_they_came(vendor: OpenAIStandIn, client: AsyncOpenAI) -> None:
    sources = [media.png(300, 200), media.png(20, 20)]
    files = [(f"{n}.png", source, "image/png") for n, source in enumerate(sources)]
    mask = ("mask.png", sources[0], "image/png")
    stream = await client.images.edit(
        model=MODEL, prompt="Ночь", image=files, mask=mask, stream=True, partial_images=1
    )
    events = [event async for event in stream]
    assert [event.type for event in events] == ["image_edit.partial_image", "image_edit.completed"]
    assert opened(events[-1].b64_json).size == (1536, 1024)  # like the first one
    one = await client.images.edit(model=MODEL, prompt="Ночь", image=files[1], size="1024x1536")
    assert one.data
    assert opened(one.data[0].b64_json).size == (1024, 1536)
    assert one.usage
    assert one.usage.input_tokens_details.image_tokens > 0
    first, second = await vendor.until_ended(2)
    assert [await vendor.sent_picture(first, index) for index in range(2)] == sources
    assert first.drawn
    assert [(sent.mime_type, sent.width) for sent in first.drawn.sent] == [
        ("image/png", 300),
        ("image/png", 20),
    ]
    assert await vendor.sent_picture(second) == sources[1]


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"size": "1000x1000"}, "size"),
        ({"size": "huge"}, "size"),
        ({"size": "0x0"}, "size"),
        ({"size": "3840x3840"}, "size"),
        ({"size": "3840x1024"}, "size"),
        ({"size": "512x512"}, "size"),
        ({"n": 2}, "n"),
        ({"partial_images": 4}, "partial_images"),
        ({"quality": "best"}, "quality"),
        ({"output_format": "bmp"}, "output_format"),
        ({"output_compression": 101}, "output_compression"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": "x" * 32_001}, "prompt"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    client: AsyncOpenAI, asked: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await client.images.generate(**{"model": MODEL, "prompt": "Cat", **asked})
    assert refused.value.param == param


@pytest.mark.parametrize("model", ["dall-e-3", "gpt-image-1", "gpt-6-luna"])
async def test_a_model_that_does_not_draw_is_not_found(client: AsyncOpenAI, model: str) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        await client.images.generate(model=model, prompt="Cat")
    assert refused.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        await client.responses.create(model=MODEL, input="Hello")


async def test_what_is_no_picture_cannot_be_edited(vendor: OpenAIStandIn, client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await client.images.edit(model=MODEL, prompt="Night", image=("a.png", b"no", "image/png"))
    assert refused.value.code == "invalid_image_file"
    with pytest.raises(openai.BadRequestError):
        await client.images.edit(model=MODEL, prompt="Night", image=[])
    assert await vendor.calls() == []


@pytest.mark.parametrize("is_stream", [True, False])
async def test_moderation_says_at_which_stage_it_refused(
    vendor: OpenAIStandIn, client: AsyncOpenAI, is_stream: bool
) -> None:
    for kind, stage in ((FaultKind.MODERATION, "input"), (FaultKind.MODERATION_OUTPUT, "output")):
        await vendor.fail(kind)
        with pytest.raises(openai.APIError) as refused:
            await (streamed(client) if is_stream else client.images.generate(model=MODEL, prompt="Something"))
        assert (refused.value.code, refused.value.type) == (
            "moderation_blocked",
            "image_generation_user_error",
        )
        assert isinstance(refused.value.body, dict)
        assert refused.value.body["moderation_details"]["stage"] == stage
    early, late = await vendor.until_ended(2)
    assert (early.drawn and early.drawn.previews_sent, late.drawn and late.drawn.previews_sent) == (
        0,
        2 if is_stream else 0,
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("rate_limit", openai.RateLimitError),
        ("out_of_funds", openai.RateLimitError),
        ("overloaded", openai.InternalServerError),
        ("server_error", openai.InternalServerError),
        ("error_event", openai.APIError),
        ("cut_mid_stream", openai.APIConnectionError),
    ],
)
async def test_a_word_in_the_prompt_orders_a_fault(
    client: AsyncOpenAI, word: str, expected: type[openai.APIError]
) -> None:
    with pytest.raises(expected):
        await streamed(client, f"Кот sandbox:{word}")


async def test_a_stream_may_end_without_a_picture_or_with_what_is_none(
    vendor: OpenAIStandIn, client: AsyncOpenAI
) -> None:
    await vendor.fail(FaultKind.INCOMPLETE, after_previews=1)
    assert [event.type for event in await streamed(client)] == ["image_generation.partial_image"]
    await vendor.fail(FaultKind.GARBAGE)
    last = (await streamed(client))[-1]
    assert b"not a picture" in b64decode(last.b64_json)


@pytest.mark.parametrize("is_stream", [True, False])
async def test_a_client_that_hangs_up_is_noticed(
    vendor: OpenAIStandIn, client: AsyncOpenAI, is_stream: bool
) -> None:
    await vendor.pace(picture_seconds=60)
    drawing = asyncio.create_task(
        streamed(client) if is_stream else client.images.generate(model=MODEL, prompt="Cat")
    )
    await vendor.until_active()
    drawing.cancel()
    async with asyncio.timeout(0.5):
        [call] = await vendor.until_ended()
    assert call.outcome is Outcome.CLIENT_GONE
    assert await vendor.active_streams() == 0


async def test_files_are_as_large_as_ordered(vendor: OpenAIStandIn, client: AsyncOpenAI) -> None:
    await vendor.pace(picture_seconds=0, picture_bytes=4_000_000)
    [last] = await streamed(client, partial_images=0)
    assert len(b64decode(last.b64_json)) == 4_000_000
    assert opened(last.b64_json).size == (1024, 1024)


async def test_what_draws_is_listed_with_the_day_it_ends(client: AsyncOpenAI) -> None:
    listed = {model.id: model async for model in client.models.list()}
    assert MODEL in listed
    assert listed["gpt-image-1.5"].model_dump().get("shutdown_date") == "2026-12-01"
    assert "gpt-image-1" not in listed
