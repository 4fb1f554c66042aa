import asyncio
import io

import pytest
from PIL import Image
from quartet.common.v1.caller_pb2 import Caller
from quartet.image.v1 import picture_pb2

from services.chassis import errors
from tests.support.image_service import ImageCaller, Version, image_service
from tests.support.media import png
from tests.support.openai import OpenAIStandIn


def photo(width: int = 64, height: int = 64) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Canon of Anna"
    target = io.BytesIO()
    Image.open(io.BytesIO(png(width, height))).save(target, "JPEG", exif=exif)
    return target.getvalue()


async def test_a_variation_is_the_next_version_from_the_same_words(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    first = await image.draw(picture_id, "A cat", style=picture_pb2.STYLE_PENCIL)
    second = await image.vary(f"{picture_id}-2", first.version)
    asked = [call.drawn.prompt for call in await vendor.calls() if call.drawn]
    assert asked[0] == asked[1]
    assert second.content != first.content
    assert (second.version.series_id, second.version.number) == (picture_id, 2)
    assert (second.picture.version_count, second.picture.parent_number) == (2, 1)
    assert (second.picture.prompt, second.picture.style) == ("A cat", picture_pb2.STYLE_PENCIL)


async def test_what_a_variation_sets_takes_the_place_of_what_was(image: ImageCaller, picture_id: str) -> None:
    first = await image.draw(picture_id, "A cat", style=picture_pb2.STYLE_PENCIL)
    changed = await image.vary(
        f"{picture_id}-2",
        first.version,
        style=picture_pb2.STYLE_ANY,
        aspect_ratio=picture_pb2.ASPECT_RATIO_TALL,
    )
    told = changed.picture
    assert (told.prompt, told.style, told.aspect_ratio) == (
        "A cat", picture_pb2.STYLE_ANY, picture_pb2.ASPECT_RATIO_TALL
    )  # fmt: skip
    assert told.height_pixels > told.width_pixels
    other = await image.vary(f"{picture_id}-3", changed.version, prompt="A dog")
    assert (other.picture.prompt, other.picture.aspect_ratio) == ("A dog", picture_pb2.ASPECT_RATIO_TALL)


async def test_an_edit_shows_the_vendor_the_version_and_says_what_to_change(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    first = await image.draw(picture_id, aspect_ratio=picture_pb2.ASPECT_RATIO_LANDSCAPE)
    edited = await image.edit(f"{picture_id}-2", "Add a hat", source=first.version)
    asked = (await vendor.calls())[-1].drawn
    assert asked is not None
    assert (asked.prompt, len(asked.sent)) == ("Add a hat", 1)
    assert (asked.sent[0].width, asked.sent[0].height) == (1536, 1024)
    told = edited.picture
    assert (told.is_edited, told.version.number, told.parent_number) == (True, 2, 1)
    assert told.width_pixels > told.height_pixels


async def test_another_format_of_a_picture_needs_no_words(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    first = await image.draw(picture_id)
    wide = await image.edit(
        f"{picture_id}-2", "", source=first.version, aspect_ratio=picture_pb2.ASPECT_RATIO_WIDE
    )
    asked = (await vendor.calls())[-1].drawn
    assert asked is not None
    assert "new format" in asked.prompt
    assert wide.picture.prompt == ""
    assert wide.picture.width_pixels > wide.picture.height_pixels
    with pytest.raises(errors.InvalidRequest):
        await image.edit(f"{picture_id}-3", "", source=first.version)


async def test_a_photo_begins_a_series_and_reaches_the_vendor_without_its_camera(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    assert b"Anna" in photo()
    edited = await image.edit(picture_id, "Add a hat", pictures=[photo()])
    call = (await vendor.calls())[-1]
    assert b"Anna" not in await vendor.sent_picture(call)
    assert (edited.version.series_id, edited.version.number) == (picture_id, 1)
    assert edited.picture.is_edited


async def test_an_edited_picture_is_edited_anew_by_a_variation_although_the_photo_is_not_sent_again(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    edited = await image.edit(picture_id, "Add a hat", pictures=[photo(), photo(32, 48)])
    again = await image.vary(f"{picture_id}-2", edited.version)
    thrice = await image.edit(f"{picture_id}-3", "Bigger", source=again.version, pictures=[photo(16, 16)])
    await image.vary(f"{picture_id}-4", thrice.version)
    calls = [call.drawn for call in await vendor.calls() if call.drawn]
    assert [call.prompt for call in calls] == ["Add a hat", "Add a hat", "Bigger", "Bigger"]
    assert calls[1].sent == calls[0].sent
    assert calls[3].sent == calls[2].sent
    assert [sent.width for sent in calls[3].sent] == [1024, 16]
    assert (again.picture.is_edited, again.picture.parent_number) == (True, 1)


async def test_versions_ordered_at_once_get_numbers_without_gaps_or_doubles(
    nats_url: str, vendor: OpenAIStandIn, picture_id: str
) -> None:
    async with (
        image_service(nats_url, vendor, image_max_per_user=10) as one,
        image_service(nats_url, vendor, image_max_per_user=10) as other,
    ):
        first = await one.draw(picture_id)
        drawn = await asyncio.gather(
            *(
                (one, other)[number % 2].edit(f"{picture_id}-{number}", source=first.version)
                for number in range(6)
            )
        )
        assert sorted(drawing.version.number for drawing in drawn) == [2, 3, 4, 5, 6, 7]
        for drawing in drawn:
            walked = await other.fetch(drawing.version)
            assert walked.picture.picture_id == drawing.picture.picture_id
            assert walked.content == drawing.content
            assert walked.picture.version_count == 7


async def test_a_version_that_never_was_is_not_found_and_costs_nothing(
    image: ImageCaller, vendor: OpenAIStandIn, picture_id: str
) -> None:
    for version in (Version(series_id=picture_id, number=1), Version(series_id="none", number=3)):
        with pytest.raises(errors.ResourceNotFound):
            await image.fetch(version)
        with pytest.raises(errors.ResourceNotFound):
            await image.vary(f"{picture_id}-2", version)
        with pytest.raises(errors.ResourceNotFound):
            await image.edit(f"{picture_id}-2", source=version)
    assert not await vendor.calls()


async def test_a_series_has_an_end(nats_url: str, vendor: OpenAIStandIn, picture_id: str) -> None:
    async with image_service(nats_url, vendor, image_max_versions=2) as image:
        first = await image.draw(picture_id)
        await image.vary(f"{picture_id}-2", first.version)
        with pytest.raises(errors.QuotaExceeded) as refused:
            await image.vary(f"{picture_id}-3", first.version)
    assert refused.value.metadata == {"quota": "pictures_of_a_series", "limit": "2", "used": "2"}
    assert len(await vendor.calls()) == 2


@pytest.mark.parametrize(
    ("pictures", "problem", "limit"),
    [
        ([b"hello" * 100], "not_an_image", None),
        ([photo()[:500]], "broken", None),
        ([photo()] * 5, "too_many", "4"),
        ([png(1100, 1100)], "too_many_pixels", "1000000"),
        ([b"\xff" * 60_000] * 2, "too_large", "100000"),
    ],
)
async def test_pictures_that_cannot_be_used_are_refused_before_anything_is_spent(
    nats_url: str,
    vendor: OpenAIStandIn,
    picture_id: str,
    pictures: list[bytes],
    problem: str,
    limit: str | None,
) -> None:
    limits = {"image_max_input_bytes": 100_000, "image_max_input_megapixels": 1}
    async with image_service(nats_url, vendor, **limits) as image:
        with pytest.raises(errors.UnsupportedImage) as refused:
            await image.edit(picture_id, pictures=pictures)
    assert refused.value.metadata == {"problem": problem, **({"limit": limit} if limit else {})}
    assert not await vendor.calls()


async def test_a_chat_that_shares_a_picture_may_build_on_it(image: ImageCaller, picture_id: str) -> None:
    first = await image.draw(picture_id, caller=Caller(user_id=1, chat_id=-5))
    other = await image.edit(f"{picture_id}-2", source=first.version, caller=Caller(user_id=2, chat_id=-5))
    assert other.version.number == 2
