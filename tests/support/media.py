import io
import math
import struct
import wave
import zlib
from fractions import Fraction
from typing import Literal

import av

_SAMPLES_PER_SECOND = 48_000
_FRAMES_PER_SECOND = 5


def png(width: int = 320, height: int = 200, colour: tuple[int, int, int] = (47, 143, 230)) -> bytes:
    """A picture with a gradient of one colour, so that it is seen and not only counted."""
    rows = b"".join(b"\x00" + _row(width, colour, row / height) for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def wav(seconds: float = 1.0, hertz: float = 440.0) -> bytes:
    """A tone as a browser or a phone might hand it over, before any coding."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_SAMPLES_PER_SECOND)
        count = int(seconds * _SAMPLES_PER_SECOND)
        steps = (math.sin(2 * math.pi * hertz * n / _SAMPLES_PER_SECOND) for n in range(count))
        sound.writeframes(b"".join(struct.pack("<h", int(9_000 * step)) for step in steps))
    return target.getvalue()


def ogg(seconds: float = 1.0) -> bytes:
    """A voice note as Telegram's clients record it: Opus in Ogg."""
    return _sound(seconds, "ogg", "libopus")


def silence(seconds: float = 1.0) -> bytes:
    """A voice note in which nobody says anything."""
    return _sound(seconds, "ogg", "libopus", hertz=0)


def m4a(seconds: float = 1.0) -> bytes:
    """A recording as phones make it: AAC in MP4."""
    return _sound(seconds, "mp4", "aac")


def mp3(seconds: float = 1.0, *, title: str = "", artist: str = "") -> bytes:
    return _sound(seconds, "mp3", "libmp3lame", {"title": title, "artist": artist})


def mp4(width: int = 320, height: int = 180, seconds: float = 1.0) -> bytes:
    """A silent moving picture."""
    target = io.BytesIO()
    with av.open(target, mode="w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=_FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(max(1, int(seconds * _FRAMES_PER_SECOND))):
            frame = av.VideoFrame(width, height, "yuv420p")
            for plane, shade in zip(frame.planes, (60 + 20 * (number % 8), 160, 110), strict=True):
                plane.update(bytes([shade]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, _FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def _sound(
    seconds: float,
    format: str,
    codec: Literal["libopus", "libmp3lame", "aac"],
    tags: dict[str, str] | None = None,
    *,
    hertz: float = 440.0,
) -> bytes:
    target = io.BytesIO()
    with (
        av.open(io.BytesIO(wav(seconds, hertz)), "r") as source,
        av.open(target, "w", format=format) as container,
    ):
        container.metadata.update({name: value for name, value in (tags or {}).items() if value})
        stream = container.add_stream(codec, rate=_SAMPLES_PER_SECOND)
        for frame in source.decode(audio=0):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def _row(width: int, colour: tuple[int, int, int], depth: float) -> bytes:
    return bytes(min(255, int(part * (1.2 - 0.6 * depth))) for part in colour) * width


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
