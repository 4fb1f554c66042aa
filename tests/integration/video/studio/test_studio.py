import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from services.chassis.errors import ProviderInterrupted
from services.video.studio.studio import Developed, Studio
from services.video.workshop.workshop import Limits
from tests.support.films import boxes, claim_duration, write_film, write_sound


@pytest.fixture(scope="module")
def laborious(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that takes a while to convert."""
    path = tmp_path_factory.mktemp("films") / "laborious"
    return write_film(path, size=(1280, 720), seconds=4.0, noise=True, sound="mp3")


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    async with Studio.open(max_at_once=2) as opened:
        yield opened


def streams(developed: Developed) -> tuple[str, str, str | None]:
    """The codecs that stand in a display, and how its pixels are kept."""
    with av.open(str(developed.display)) as film:
        picture = film.streams.video[0].codec_context
        sound = film.streams.audio[0].codec_context.name if film.streams.audio else None
        return picture.name, str(picture.pix_fmt), sound


async def refused(studio: Studio, source: Path, folder: Path) -> str:
    with pytest.raises(ProviderInterrupted) as error:
        await studio.develop(source, folder)
    assert not error.value.retryable
    return error.value.metadata["problem"]


async def test_what_plays_in_place_stays_as_it_is(studio: Studio, tmp_path: Path) -> None:
    source = write_film(tmp_path / "source")
    before = source.read_bytes()
    developed = await studio.develop(source, tmp_path)
    assert (developed.display, developed.source_mime_type) == (source, "video/mp4")
    assert source.read_bytes() == before
    assert (developed.width_pixels, developed.height_pixels) == (320, 180)
    assert developed.duration_seconds == pytest.approx(1.0, abs=0.1)
    assert developed.has_sound


async def test_an_index_at_the_end_is_put_in_front_without_encoding_anew(
    studio: Studio, tmp_path: Path
) -> None:
    source = write_film(tmp_path / "source", is_index_first=False, sound=None)
    assert boxes(source).index(b"mdat") < boxes(source).index(b"moov")
    developed = await studio.develop(source, tmp_path)
    assert boxes(developed.display).index(b"moov") < boxes(developed.display).index(b"mdat")
    with av.open(str(source)) as former, av.open(str(developed.display)) as copy:
        assert [bytes(packet) for packet in copy.demux()] == [bytes(packet) for packet in former.demux()]
    assert not developed.has_sound


@pytest.mark.parametrize(
    "film",
    [
        {"codec": "libx265", "options": {"preset": "ultrafast", "x265-params": "log-level=none"}},
        {"codec": "libvpx-vp9", "sound": "libopus", "container": "webm", "options": {"cpu-used": "8"}},
        {"pixel_format": "yuv444p"},
        {"sound": "mp3"},
    ],
    ids=["hevc", "webm", "colours of every pixel", "mp3"],
)
async def test_what_would_not_play_in_place_is_converted(
    studio: Studio, tmp_path: Path, film: dict[str, Any]
) -> None:
    source = write_film(tmp_path / "source", **film)
    developed = await studio.develop(source, tmp_path)
    assert developed.display != source
    assert streams(developed) == ("h264", "yuv420p", "aac")
    assert boxes(developed.display).index(b"moov") < boxes(developed.display).index(b"mdat")
    assert developed.duration_seconds == pytest.approx(1.0, abs=0.15)


async def test_odd_and_large_pictures_become_even_and_handy(studio: Studio, tmp_path: Path) -> None:
    odd = write_film(tmp_path / "odd", size=(321, 181), pixel_format="yuv444p", seconds=0.5)
    developed = await studio.develop(odd, tmp_path)
    assert (developed.width_pixels % 2, developed.height_pixels % 2) == (0, 0)
    large = write_film(tmp_path / "large", size=(2560, 1440), seconds=0.25, sound=None)
    developed = await studio.develop(large, tmp_path)
    assert (developed.width_pixels, developed.height_pixels) == (1280, 720)


async def test_a_film_that_lies_on_its_side_is_turned_upright(studio: Studio, tmp_path: Path) -> None:
    source = write_film(tmp_path / "source", rotation_degrees=90, sound=None, seconds=0.5)
    developed = await studio.develop(source, tmp_path)
    assert (developed.width_pixels, developed.height_pixels) == (180, 320)
    with av.open(str(developed.display)) as film:
        picture: Image.Image = next(film.decode(video=0)).to_image()  # type: ignore[no-untyped-call]
    top, bottom = picture.getpixel((90, 40)), picture.getpixel((90, 280))
    # Counterclockwise: what stood on the right stands on top.
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[2] > 200
    assert bottom[1] > 150


async def test_the_thumbnail_is_small_and_shows_something(studio: Studio, tmp_path: Path) -> None:
    source = write_film(tmp_path / "source", size=(640, 360), seconds=2.0, dark_seconds=1.5, sound=None)
    developed = await studio.develop(source, tmp_path)
    assert developed.thumbnail.stat().st_size <= 200_000
    with Image.open(developed.thumbnail) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 180))
        left = picture.getpixel((80, 90))
    assert isinstance(left, tuple)
    assert left[1] > 150


async def test_a_film_too_large_to_be_sent_is_encoded_until_it_is_not(tmp_path: Path) -> None:
    source = write_film(tmp_path / "source", size=(1280, 720), seconds=1.0, noise=True, sound=None)
    max_bytes = 1_000_000
    assert source.stat().st_size > max_bytes * 2
    async with Studio.open(max_at_once=1, max_display_bytes=max_bytes) as studio:
        developed = await studio.develop(source, tmp_path)
    assert developed.display.stat().st_size <= max_bytes
    assert streams(developed) == ("h264", "yuv420p", None)


def text(path: Path) -> None:
    path.write_text("<html>Sorry, this link has expired</html>")


def playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")


def cut(path: Path) -> None:
    write_film(path, seconds=2.0, noise=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_webm(path: Path) -> None:
    write_film(path, codec="libvpx-vp9", container="webm", sound=None, options={"cpu-used": "8"}, seconds=3.0)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def without_index(path: Path) -> None:
    write_film(path, is_index_first=False)
    path.write_bytes(path.read_bytes()[:-1000])


def three_hours(path: Path) -> None:
    write_film(path, codec="libvpx-vp9", container="webm", sound=None, options={"cpu-used": "8"})
    claim_duration(path, 3 * 3600)


def spoilt(path: Path) -> None:
    content = bytearray(write_film(path, sound=None, noise=True).read_bytes())
    at = content.index(b"mdat") + 8
    content[at:-1] = bytes(byte ^ 0x5A for byte in content[at:-1])
    path.write_bytes(content)


def huge(path: Path) -> None:
    write_film(path, size=(4352, 64), seconds=0.25, sound=None)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (text, "not_a_video"),
        (playlist, "not_a_video"),
        (write_sound, "not_a_video"),
        (Path.touch, "not_a_video"),
        (cut, "broken"),
        (cut_webm, "broken"),
        (without_index, "broken"),
        (spoilt, "broken"),
        (three_hours, "too_long"),
        (huge, "too_large"),
    ],
)
async def test_what_is_no_good_film_is_refused_and_says_why(
    studio: Studio, tmp_path: Path, written: Callable[[Path], object], problem: str
) -> None:
    written(tmp_path / "source")
    assert await refused(studio, tmp_path / "source", tmp_path) == problem


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (
            Limits(memory_bytes=200_000_000, cpu_seconds=60, file_bytes=10**9, seconds=60.0),
            {"too_much", "broken"},
        ),
        (Limits(memory_bytes=3 * 10**9, cpu_seconds=1, file_bytes=10**9, seconds=60.0), {"too_much"}),
        (Limits(memory_bytes=3 * 10**9, cpu_seconds=60, file_bytes=10**9, seconds=0.5), {"too_much"}),
        (Limits(memory_bytes=3 * 10**9, cpu_seconds=60, file_bytes=1000, seconds=60.0), {"broken"}),
    ],
    ids=["memory", "processor time", "time by the clock", "size of files"],
)
async def test_a_film_that_takes_too_much_is_given_up(
    laborious: Path, tmp_path: Path, limits: Limits, problem: set[str]
) -> None:
    async with Studio.open(max_at_once=1, limits=limits) as studio:
        assert await refused(studio, laborious, tmp_path) in problem


async def test_whoever_no_longer_waits_leaves_no_process(
    studio: Studio, laborious: Path, tmp_path: Path
) -> None:
    developing = asyncio.create_task(studio.develop(laborious, tmp_path))
    while not _at_work(laborious):
        await asyncio.to_thread(os.sched_yield)
    developing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await developing
    assert not _at_work(laborious)


def _at_work(source: Path) -> bool:
    """Whether a process has been started for a film."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(source).encode() in process.read_bytes():
                return True
        except OSError:
            continue
    return False
