import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from quartet.common.v1.caller_pb2 import Caller
from quartet.image.v1 import picture_pb2

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from tests.support.image_service import ImageCaller, image_service
from tests.support.openai import OpenAIStandIn


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


async def test_previews_come_first_then_the_picture_then_what_is_known_of_it(
    image: ImageCaller, picture_id: str
) -> None:
    drawing = await image.draw(picture_id, "A cat in a hat")
    assert drawing.previews
    assert all(max(opened(preview).size) <= 1280 for preview in drawing.previews)
    shown, told = opened(drawing.content), drawing.picture
    assert (shown.format, drawing.mime_type) == ("JPEG", "image/jpeg")
    assert (told.picture_id, told.version.series_id, told.version.number) == (picture_id, picture_id, 1)
    assert (told.version_count, told.parent_number, told.is_edited, told.replayed) == (1, 0, False, False)
    assert (told.prompt, told.style, told.aspect_ratio) == (
        "A cat in a hat", picture_pb2.STYLE_ANY, picture_pb2.ASPECT_RATIO_SQUARE
    )  # fmt: skip
    assert (told.width_pixels, told.height_pixels) == shown.size
    age = datetime.now(UTC) - told.create_time.ToDatetime(tzinfo=UTC)
    assert timedelta(0) <= age < timedelta(minutes=1)
    assert told.usage.provider == "openai"
    assert told.usage.output_image_token_count > 0


async def test_the_original_is_what_the_vendor_made_and_comes_the_same_from_call_and_fetch(
    image: ImageCaller, picture_id: str
) -> None:
    drawing = await image.draw(picture_id, rendition=picture_pb2.RENDITION_ORIGINAL)
    fetched = await image.fetch(picture_id, original=True)
    assert drawing.content == fetched.content
    assert len(drawing.content) == fetched.picture.size_bytes
    assert fetched.mime_type == fetched.picture.mime_type
    assert opened(fetched.content).size == (fetched.picture.width_pixels, fetched.picture.height_pixels)


async def test_words_style_and_format_reach_the_vendor(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    await image.draw(
        picture_id,
        "Кот в шляпе",
        style=picture_pb2.STYLE_WATERCOLOR,
        aspect_ratio=picture_pb2.ASPECT_RATIO_WIDE,
    )
    asked = (await vendor.calls())[-1].drawn
    assert asked is not None
    assert asked.prompt.startswith("Кот в шляпе\n")
    assert "watercolour" in asked.prompt
    width, height = map(int, asked.size.split("x"))
    assert width / height == pytest.approx(16 / 9, rel=0.02)


async def test_a_picture_that_is_there_is_sent_again_and_no_vendor_asked(
    nats_url: str, vendor: OpenAIStandIn, picture_id: str
) -> None:
    async with image_service(nats_url, vendor) as image:
        first = await image.draw(picture_id)
    async with image_service(nats_url, vendor) as image:
        again = await image.draw(picture_id)
    assert again.content == first.content
    assert again.picture.replayed
    assert not again.previews
    first.picture.replayed = True
    assert again.picture == first.picture
    assert len(await vendor.calls()) == 1


async def test_a_refusal_costs_nothing_and_leaves_nothing(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    await vendor.fail(FaultKind.MODERATION)
    with pytest.raises(errors.ContentRejected):
        await image.draw(picture_id)
    with pytest.raises(errors.ResourceNotFound):
        await image.fetch(picture_id)
    assert not (await image.draw(picture_id)).picture.replayed


async def test_what_pictures_cost_is_told_where_a_price_is_known(
    nats_url: str, vendor: OpenAIStandIn, picture_id: str
) -> None:
    async with image_service(nats_url, vendor, openai_image_model="gpt-image-2.5-flare") as image:
        usage = (await image.draw(picture_id)).picture.usage
        metrics = await image.metrics()
    assert usage.cost_micros == pytest.approx(usage.output_token_count * 30, rel=0.01)
    assert 'quartet_image_cost_usd_total{model="gpt-image-2.5-flare",provider="openai"}' in metrics
    async with image_service(nats_url, vendor, openai_image_model="gpt-image-2.6-flare") as image:
        assert not (await image.draw(f"{picture_id}-2")).picture.usage.HasField("cost_micros")


async def test_drawings_are_counted_and_timed(image: ImageCaller, picture_id: str) -> None:
    await image.draw(picture_id)
    await image.draw(picture_id)
    metrics = await image.metrics()
    assert 'quartet_image_pictures_total{kind="new",outcome="drawn",reason=""} 1.0' in metrics
    assert 'quartet_image_pictures_total{kind="new",outcome="replayed",reason=""} 1.0' in metrics
    assert 'quartet_image_seconds_count{part="vendor"} 1.0' in metrics
    assert "quartet_image_in_flight 0.0" in metrics


async def test_an_order_that_makes_no_sense_is_refused_with_every_field_that_is_wrong(
    image: ImageCaller, vendor: OpenAIStandIn
) -> None:
    with pytest.raises(errors.InvalidRequest) as refused:
        await image.draw("../x", " ")
    assert {violation.field for violation in refused.value.violations} == {"picture_id", "prompt"}
    with pytest.raises(errors.InvalidRequest):
        await image.draw("p", "x" * 4001)
    with pytest.raises(errors.InvalidRequest):
        await image.fetch("")
    with pytest.raises(errors.ModelNotFound):
        await image.draw("p", model="dall-e-2")
    assert not await vendor.calls()


async def test_a_picture_is_shown_to_its_user_and_its_chat_only(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    drawing = await image.draw(picture_id, caller=Caller(user_id=1, chat_id=-5))
    for friend in (Caller(user_id=1, chat_id=1), Caller(user_id=2, chat_id=-5)):
        assert (await image.fetch(picture_id, caller=friend)).content
    stranger = Caller(user_id=2, chat_id=2)
    for which in (picture_id, drawing.version):
        with pytest.raises(errors.ResourceNotFound):
            await image.fetch(which, caller=stranger)
    with pytest.raises(errors.ResourceNotFound):
        await image.vary(f"{picture_id}-2", drawing.version, caller=stranger)
    assert len(await vendor.calls()) == 1
