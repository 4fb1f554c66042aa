import struct
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image


def write_film(
    path: Path,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (320, 180),
    seconds: float = 1.0,
    pixel_format: str = "yuv420p",
    sound: str | None = "aac",
    container: str = "mp4",
    is_index_first: bool = True,
    dark_seconds: float = 0.0,
    rotation_degrees: int = 0,
    noise: bool = False,
    options: Mapping[str, str] | None = None,
) -> Path:
    """Make a film that FFmpeg made: green on its left, blue on its right, for a while black if wanted."""
    flags = {"movflags": "+faststart"} if is_index_first and container == "mp4" else {}
    fast = {"preset": "ultrafast"} if codec == "libx264" else dict[str, str]()
    with av.open(str(path), "w", container, options=flags) as film:
        pictures: Any = film.add_stream(codec, rate=12, options={**fast, **(options or {})})
        pictures.width, pictures.height, pictures.pix_fmt = *size, pixel_format
        if rotation_degrees:
            pictures.set_display_rotation(rotation_degrees)
        sounds: Any = film.add_stream(sound, rate=48_000, layout="stereo") if sound else None
        noisy = [Image.effect_noise(size, 200).convert("RGB") for _ in range(3)] if noise else []
        for number in range(round(seconds * 12)):
            plain = _picture(size, is_dark=number < dark_seconds * 12)
            picture = noisy[number % len(noisy)] if noisy else plain
            frame = VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, 12)
            film.mux(pictures.encode(frame))
        if sounds is not None:
            for number in range(int(seconds * 48_000) // 960):
                film.mux(sounds.encode(_silence(number * 960)))
            film.mux(sounds.encode(None))
        film.mux(pictures.encode(None))
    return path


def _picture(size: tuple[int, int], *, is_dark: bool) -> Image.Image:
    picture = Image.new("RGB", size, (0, 0, 0) if is_dark else (0, 200, 0))
    if not is_dark:
        picture.paste((0, 0, 255), (size[0] // 2, 0, *size))
    return picture


def _silence(at: int) -> AudioFrame:
    frame = AudioFrame(format="s16", layout="stereo", samples=960)
    frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
    frame.planes[0].update(bytes(960 * 4))
    return frame


def write_sound(path: Path) -> Path:
    """Make an MP4 that holds sound alone."""
    with av.open(str(path), "w", "mp4") as film:
        sounds = film.add_stream("aac", rate=48_000, layout="stereo")
        for number in range(50):
            film.mux(sounds.encode(_silence(number * 960)))
        film.mux(sounds.encode(None))
    return path


def claim_duration(path: Path, seconds: int) -> None:
    """Write another duration into the header of a WebM: RFC 9559, 5.1.2.10."""
    content = bytearray(path.read_bytes())
    at = content.index(b"\x44\x89\x88") + 3
    content[at : at + 8] = struct.pack(">d", seconds * 1000.0)
    path.write_bytes(content)


def boxes(path: Path) -> list[bytes]:
    """The outermost boxes of an MP4."""
    content, found, at = path.read_bytes(), list[bytes](), 0
    while at + 8 <= len(content):
        found.append(content[at + 4 : at + 8])
        at += int.from_bytes(content[at : at + 4], "big")
    return found
