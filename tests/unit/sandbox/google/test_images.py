import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import errors, types
from PIL import Image

from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from tests.support import media
from tests.support.google import GoogleStandIn, google_stand_in

MODEL = "gemini-3.1-flash-image"


@pytest.fixture
async def vendor() -> AsyncIterator[GoogleStandIn]:
    async with google_stand_in() as vendor:
        await vendor.pace(picture_seconds=0)
        yield vendor


@pytest.fixture
async def models(vendor: GoogleStandIn) -> AsyncIterator[Any]:
    async with httpx2.AsyncClient(timeout=5.0) as http:
        options = types.HttpOptions(base_url=vendor.url, httpx_async_client=http)
        yield genai.Client(api_key="any", http_options=options).aio.models


def config(*, thoughts: bool = False, **image: Any) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(
        response_modalities=["IMAGE"],
        image_config=types.ImageConfig(**image) if image else None,
        thinking_config=types.ThinkingConfig(include_thoughts=True) if thoughts else None,
    )


def pictures(answer: types.GenerateContentResponse) -> list[tuple[bool, Image.Image]]:
    """Return the pictures of an answer, and whether each is a thought."""
    content = answer.candidates[0].content if answer.candidates else None
    blobs = [
        (bool(part.thought), part.inline_data.data)
        for part in (content.parts or [] if content else [])
        if part.inline_data and part.inline_data.data
    ]
    return [(is_thought, Image.open(io.BytesIO(data))) for is_thought, data in blobs]


async def streamed(
    models: Any, contents: Any = "Кот", asked: types.GenerateContentConfig | None = None
) -> list[types.GenerateContentResponse]:
    stream = await models.generate_content_stream(model=MODEL, contents=contents, config=asked or config())
    return [chunk async for chunk in stream]


def ending(chunks: list[types.GenerateContentResponse]) -> types.FinishReason | None:
    return chunks[-1].candidates[0].finish_reason if chunks[-1].candidates else None


@pytest.mark.parametrize(
    ("image", "size"),
    [
        ({}, (1024, 1024)),
        ({"aspect_ratio": "16:9"}, (1376, 768)),
        ({"aspect_ratio": "2:3", "image_size": "2K"}, (1696, 2528)),
    ],
)
async def test_a_picture_comes_in_one_piece(
    models: Any, image: dict[str, Any], size: tuple[int, int]
) -> None:
    answer = await models.generate_content(model=MODEL, contents="Кот", config=config(**image))
    [(is_thought, picture)] = pictures(answer)
    assert (is_thought, picture.format, picture.size) == (False, "PNG", size)
    assert answer.model_version == MODEL
    assert answer.candidates[0].finish_reason is types.FinishReason.STOP
    [drawn] = answer.usage_metadata.candidates_tokens_details
    assert drawn.modality is types.MediaModality.IMAGE
    assert drawn.token_count == answer.usage_metadata.candidates_token_count >= 1120


async def test_a_picture_comes_as_a_stream_and_its_thoughts_only_where_they_are_wanted(models: Any) -> None:
    chunks = await streamed(models)
    assert [is_thought for chunk in chunks for is_thought, _ in pictures(chunk)] == [False]
    assert ending(chunks) is types.FinishReason.STOP
    chunks = await streamed(models, asked=config(thoughts=True))
    assert [is_thought for chunk in chunks for is_thought, _ in pictures(chunk)] == [True, True, False]


async def test_a_picture_is_edited_and_kept_as_it_came(vendor: GoogleStandIn, models: Any) -> None:
    source = media.png(320, 180)
    blob = types.Part.from_bytes(data=source, mime_type="image/png")
    chunks = await streamed(models, ["Ночь", blob])
    [(_, picture)] = [found for chunk in chunks for found in pictures(chunk)]
    assert picture.size == (1376, 768)  # like the one that was sent
    details = chunks[-1].usage_metadata and chunks[-1].usage_metadata.prompt_tokens_details
    assert {item.modality for item in details or ()} == {types.MediaModality.TEXT, types.MediaModality.IMAGE}
    [call] = await vendor.until_ended()
    assert call.drawn
    assert (call.drawn.prompt, len(call.drawn.sent)) == ("Ночь", 1)
    assert await vendor.sent_picture(call) == source


@pytest.mark.parametrize(
    ("contents", "asked"),
    [
        ("Cat", config(aspect_ratio="7:5")),
        ("Cat", config(image_size="8K")),
        ("Cat", types.GenerateContentConfig(response_modalities=["TEXT"])),
        (["Cat", types.Part.from_bytes(data=b"no", mime_type="image/png")], config()),
        (["Cat", types.Part.from_bytes(data=b"no", mime_type="image/gif")], config()),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    models: Any, contents: Any, asked: types.GenerateContentConfig
) -> None:
    with pytest.raises(errors.ClientError) as refused:
        await streamed(models, contents, asked)
    assert refused.value.status == "INVALID_ARGUMENT"


async def test_a_refused_order_is_an_answer_without_a_candidate(vendor: GoogleStandIn, models: Any) -> None:
    for code in (None, "IMAGE_SAFETY"):
        await vendor.fail(FaultKind.MODERATION, code=code)
        [blocked] = await streamed(models)
        assert blocked.prompt_feedback
        assert blocked.prompt_feedback.block_reason == (code or "PROHIBITED_CONTENT")
        assert not blocked.candidates


@pytest.mark.parametrize(
    ("kind", "code", "reason"),
    [
        (FaultKind.MODERATION_OUTPUT, None, "IMAGE_SAFETY"),
        (FaultKind.MODERATION_OUTPUT, "IMAGE_RECITATION", "IMAGE_RECITATION"),
        (FaultKind.INCOMPLETE, None, "NO_IMAGE"),
        (FaultKind.INCOMPLETE, "STOP", "STOP"),
    ],
)
async def test_an_answer_may_end_without_a_picture(
    vendor: GoogleStandIn, models: Any, kind: FaultKind, code: str | None, reason: str
) -> None:
    await vendor.fail(kind, code=code, times=2)
    chunks = await streamed(models)
    whole = await models.generate_content(model=MODEL, contents="Кот", config=config())
    for answer in (chunks[-1], whole):
        assert not pictures(answer)
        assert answer.candidates
        assert answer.candidates[0].finish_reason == reason
        # A model may also just talk.
        assert bool(answer.candidates[0].content) is (reason == "STOP")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("rate_limit", "RESOURCE_EXHAUSTED"),
        ("overloaded", "UNAVAILABLE"),
        ("model_not_found", "NOT_FOUND"),
        ("failed_event", "INTERNAL"),
    ],
)
async def test_a_word_in_the_prompt_orders_a_fault(models: Any, word: str, status: str) -> None:
    with pytest.raises(errors.APIError) as refused:
        await streamed(models, f"Кот sandbox:{word}")
    assert refused.value.status == status


async def test_a_client_that_hangs_up_is_noticed(vendor: GoogleStandIn, models: Any) -> None:
    await vendor.fail(FaultKind.HANG)
    drawing = asyncio.create_task(streamed(models))
    await vendor.until_active()
    drawing.cancel()
    async with asyncio.timeout(0.5):
        [call] = await vendor.until_ended()
    assert call.outcome is Outcome.CLIENT_GONE


async def test_what_draws_is_listed_and_draws_only(vendor: GoogleStandIn, models: Any) -> None:
    assert (await models.get(model=MODEL)).display_name == "Nano Banana 2"
    with pytest.raises(errors.ClientError):
        await models.generate_content(model="gemini-3.8-flash-image", contents="Cat", config=config())
