import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from PIL import Image

from services.chassis.errors import UnsupportedImage
from services.video.frames.frames import Frames
from services.video.workshop.workshop import Limits, Workshop

ORANGE = (200, 100, 50)
MAX_BYTES = 1_000_000


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    async with Workshop.open(max_at_once=2) as workshop:
        yield workshop


@pytest.fixture
def frames(workshop: Workshop) -> Frames:
    return Frames(workshop, max_bytes=MAX_BYTES)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


async def refused(frames: Frames, content: bytes) -> dict[str, str]:
    with pytest.raises(UnsupportedImage) as error:
        await frames.develop(content)
    return error.value.metadata


async def test_a_picture_lying_on_its_side_comes_out_upright_and_without_what_its_camera_wrote(
    frames: Frames,
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"
    developed = opened(await frames.develop(encoded(Image.new("RGB", (80, 60), ORANGE), "JPEG", exif=exif)))
    assert (developed.format, developed.size) == ("JPEG", (60, 80))
    assert not developed.getexif()


async def test_large_pictures_become_handy_and_what_shines_through_lies_on_white(frames: Frames) -> None:
    content = encoded(Image.new("RGBA", (4000, 2000), (0, 0, 0, 0)), "PNG")
    developed = opened(await frames.develop(content))
    assert developed.size == (2048, 1024)
    assert developed.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def text() -> bytes:
    return b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def cut() -> bytes:
    return encoded(Image.effect_noise((300, 300), 100), "JPEG")[:5000]


def moving() -> bytes:
    pictures = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 255)]
    return encoded(pictures[0], "GIF", save_all=True, append_images=pictures[1:])


def wide() -> bytes:
    return encoded(Image.new("1", (9000, 9000)), "PNG")


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (text, {"problem": "not_an_image"}),
        (cut, {"problem": "broken"}),
        (moving, {"problem": "animated"}),
        (wide, {"problem": "too_many_pixels", "limit": "50000000"}),
        (lambda: bytes(MAX_BYTES + 1), {"problem": "too_large", "limit": str(MAX_BYTES)}),
    ],
    ids=["text", "cut", "moving", "wide", "large"],
)
async def test_what_cannot_be_a_first_frame_is_refused_and_says_why(
    frames: Frames, made: Callable[[], bytes], told: dict[str, str]
) -> None:
    assert await refused(frames, made()) == told


@pytest.mark.parametrize(
    "limits",
    [
        Limits(memory_bytes=150_000_000, cpu_seconds=20, file_bytes=10**7, seconds=20.0),
        Limits(memory_bytes=10**10, cpu_seconds=20, file_bytes=10**7, seconds=0.2),
    ],
    ids=["memory", "time"],
)
async def test_a_picture_that_takes_too_much_costs_only_itself(workshop: Workshop, limits: Limits) -> None:
    large = encoded(Image.new("RGBA", (7000, 7000)), "PNG")
    assert await refused(Frames(workshop, max_bytes=MAX_BYTES, limits=limits), large) == {"problem": "broken"}
    small = encoded(Image.new("RGB", (80, 60), ORANGE), "PNG")
    assert opened(await Frames(workshop, max_bytes=MAX_BYTES).develop(small)).size == (80, 60)
