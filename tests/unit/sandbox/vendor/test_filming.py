import io
from itertools import pairwise

import av
from PIL import Image, ImageChops, ImageStat

from services.sandbox.vendor.filming import FRAMES_PER_SECOND, Film, shoot

SECONDS = 2
GREEN = (20, 160, 60)


def frames_of(film: bytes) -> list[Image.Image]:
    with av.open(io.BytesIO(film), "r") as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        return [frame.to_image() for frame in file.decode(stream)]  # type: ignore[no-untyped-call]


def test_a_film_has_its_length_its_size_and_something_that_moves() -> None:
    film = shoot(Film("A lighthouse", 720, 1280, SECONDS, b"seed"))
    frames = frames_of(film)
    assert len(frames) == SECONDS * FRAMES_PER_SECOND
    assert frames[0].size == (720, 1280)
    assert all(ImageChops.difference(one, next_one).getbbox() for one, next_one in pairwise(frames))


def test_its_index_stands_in_front_so_that_it_plays_before_all_of_it_is_there() -> None:
    film = shoot(Film("A lighthouse", 320, 180, SECONDS, b"seed"))
    assert film.index(b"moov") < film.index(b"mdat")


def test_a_picture_that_is_set_in_motion_is_what_is_seen() -> None:
    picture = Image.new("RGB", (640, 360), GREEN)
    frames = frames_of(shoot(Film("It sways", 640, 360, SECONDS, b"seed", picture)))
    red, green, blue = ImageStat.Stat(frames[0].crop((40, 60, 600, 120))).median
    assert green > red + 50
    assert green > blue + 50
