import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from services.image.darkroom import Form, Problem, UnusablePicture
from services.image.darkroom.pool import Darkroom

ORANGE = (200, 100, 50)


@pytest.fixture(scope="module")
def big_png() -> bytes:
    """Forty-nine megapixels in a few kilobytes: slow to read."""
    return encoded(Image.new("RGBA", (7000, 7000)), "PNG")


@pytest.fixture
async def darkroom() -> AsyncIterator[Darkroom]:
    async with Darkroom.open(max_pixels=50_000_000, max_processes=1) as opened:
        yield opened


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def plain(mode: str = "RGB", size: tuple[int, int] = (80, 60)) -> Image.Image:
    return Image.new("RGB", size, ORANGE).convert(mode)


def noise(side: int) -> Image.Image:
    return Image.frombytes("RGB", (side, side), os.urandom(side * side * 3))


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


async def problem_of(darkroom: Darkroom, content: bytes) -> tuple[Problem, int | None]:
    with pytest.raises(UnusablePicture) as refused:
        await darkroom.develop(content, Form.INPUT)
    return refused.value.problem, refused.value.limit


async def test_every_common_format_becomes_what_vendors_take(darkroom: Darkroom) -> None:
    for form, mode in [
        ("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGB"), ("PNG", "P"), ("PNG", "1"),
        ("WEBP", "RGB"), ("GIF", "P"), ("BMP", "RGB"), ("TIFF", "CMYK"), ("AVIF", "RGB"),
    ]:  # fmt: skip
        developed = await darkroom.develop(encoded(plain(mode), form), Form.INPUT)
        image = opened(developed.content)
        assert (developed.mime_type, image.size, image.mode) == ("image/jpeg", (80, 60), "RGB"), (form, mode)


async def test_sixteen_bits_of_grey_stay_grey(darkroom: Darkroom) -> None:
    developed = await darkroom.develop(encoded(Image.new("I;16", (8, 8), 40_000), "PNG"), Form.INPUT)
    assert opened(developed.content).getpixel((4, 4)) == (156, 156, 156)


async def test_what_shines_through_still_does_for_vendors_and_lies_on_white_for_people(
    darkroom: Darkroom,
) -> None:
    content = encoded(Image.new("RGBA", (80, 60), (*ORANGE, 0)), "PNG")
    assert opened((await darkroom.develop(content, Form.INPUT)).content).getpixel((4, 4)) == (*ORANGE, 0)
    assert opened((await darkroom.develop(content, Form.DISPLAY)).content).getpixel((4, 4)) == (255,) * 3


async def test_a_lying_photo_stands_up_and_tells_nothing_of_its_camera(darkroom: Darkroom) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Canon of Anna"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = encoded(plain(), "JPEG", exif=exif, comment=b"Anna", icc_profile=profile, xmp=b"<x>Anna</x>")
    assert b"Anna" in photo
    developed = await darkroom.develop(photo, Form.INPUT)
    assert (developed.source_width_pixels, developed.source_height_pixels) == (60, 80)
    image = opened(developed.content)
    assert image.size == (60, 80)
    assert b"Anna" not in developed.content
    assert not image.getexif()
    assert "icc_profile" not in image.info
    assert "comment" not in image.info


async def test_texts_in_a_png_are_left_behind(darkroom: Darkroom) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Anna")
    content = encoded(Image.new("RGBA", (80, 60), (1, 2, 3, 4)), "PNG", pnginfo=texts)
    developed = await darkroom.develop(content, Form.INPUT)
    assert developed.mime_type == "image/png"
    assert b"Anna" not in developed.content


async def test_large_pictures_become_smaller_each_form_to_its_size(darkroom: Darkroom) -> None:
    content = encoded(noise(2100), "PNG")
    for form, side, most in [
        (Form.INPUT, 2048, 16_000_000), (Form.PREVIEW, 1280, 1_000_000), (Form.DISPLAY, 2048, 5_000_000)
    ]:  # fmt: skip
        developed = await darkroom.develop(content, form)
        assert opened(developed.content).size == (side, side)
        assert len(developed.content) <= most
        assert developed.source_width_pixels == 2100


async def test_what_is_no_picture_is_said_to_be_none(darkroom: Darkroom) -> None:
    for content in (b"", b"hello" * 100, b"%PDF-1.7\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
        assert await problem_of(darkroom, content) == (Problem.NOT_AN_IMAGE, None)


async def test_a_picture_that_ends_early_or_is_garbled_is_broken(darkroom: Darkroom) -> None:
    png, jpeg = encoded(noise(200), "PNG"), encoded(noise(200), "JPEG")
    for content in (png[: len(png) // 2], jpeg[: len(jpeg) // 2], png[:500] + b"x" * 500 + png[1000:]):
        assert await problem_of(darkroom, content) == (Problem.BROKEN, None)


async def test_moving_pictures_are_refused_whatever_their_format(darkroom: Darkroom) -> None:
    other = Image.new("RGB", (80, 60), (1, 2, 3))
    for form in ("GIF", "PNG", "WEBP", "AVIF"):
        content = encoded(plain(), form, save_all=True, append_images=[other])
        assert await problem_of(darkroom, content) == (Problem.ANIMATED, None)


async def test_a_second_view_in_a_photo_is_no_movement(darkroom: Darkroom) -> None:
    content = encoded(plain(), "MPO", save_all=True, append_images=[plain()])
    assert (await darkroom.develop(content, Form.INPUT)).mime_type == "image/jpeg"


async def test_a_bomb_is_refused_by_what_its_header_says(darkroom: Darkroom) -> None:
    for side in (8_000, 13_500):
        content = encoded(Image.new("1", (side, side)), "PNG")
        assert await problem_of(darkroom, content) == (Problem.TOO_MANY_PIXELS, 50_000_000)


async def test_a_picture_that_takes_too_long_is_given_up_and_the_next_one_is_read(big_png: bytes) -> None:
    async with Darkroom.open(max_pixels=50_000_000, max_processes=1, timeout_seconds=1.0) as darkroom:
        assert await problem_of(darkroom, big_png) == (Problem.BROKEN, None)
        assert (await darkroom.develop(encoded(plain(), "PNG"), Form.INPUT)).mime_type == "image/jpeg"


async def test_a_reader_that_dies_takes_only_its_picture_along(darkroom: Darkroom, big_png: bytes) -> None:
    reading = asyncio.create_task(darkroom.develop(big_png, Form.INPUT))
    await asyncio.sleep(0)
    assert darkroom.is_busy
    (reader,) = readers()
    os.kill(reader, signal.SIGKILL)
    with pytest.raises(UnusablePicture):
        await reading
    assert (await darkroom.develop(encoded(plain(), "PNG"), Form.INPUT)).mime_type == "image/jpeg"


async def test_a_reader_that_died_while_idle_costs_no_picture(darkroom: Darkroom) -> None:
    (reader,) = readers()
    os.kill(reader, signal.SIGKILL)
    await asyncio.to_thread(os.waitid, os.P_PID, reader, os.WEXITED | os.WNOWAIT)
    assert (await darkroom.develop(encoded(plain(), "PNG"), Form.INPUT)).mime_type == "image/jpeg"


async def test_whoever_no_longer_waits_for_a_picture_frees_its_reader(
    darkroom: Darkroom, big_png: bytes
) -> None:
    reading = asyncio.create_task(darkroom.develop(big_png, Form.INPUT))
    await asyncio.sleep(0)
    assert darkroom.is_busy
    reading.cancel()
    assert (await darkroom.develop(encoded(plain(), "PNG"), Form.INPUT)).mime_type == "image/jpeg"


async def test_no_reader_outlives_the_room() -> None:
    async with Darkroom.open(max_pixels=50_000_000):
        assert readers()
    assert not readers()


def readers() -> list[int]:
    """The processes of this one that read pictures."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and is_reader(entry)]


def is_reader(entry: Path) -> bool:
    try:
        status, command = (entry / "status").read_text(), (entry / "cmdline").read_bytes()
    except OSError:
        return False
    return f"\nPPid:\t{os.getpid()}\n" in status and b"services.image.darkroom" in command
