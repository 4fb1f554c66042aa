from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any, Final, TypeAlias

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.format import VideoFormat
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from services.video.studio.copying import INDEX_FIRST
from services.video.studio.film import Reel
from services.video.studio.inspecting import opened

SAMPLES_PER_SECOND: Final = 48_000
SOUND_BITS_PER_SECOND: Final = 128_000
# By the degrees that a film is to be turned counterclockwise.
TURNS: Final[dict[int, tuple[tuple[str, str | None], ...]]] = {
    90: (("transpose", "cclock"),),
    180: (("hflip", None), ("vflip", None)),
    270: (("transpose", "clock"),),
}
# More bring nothing to a worker that does several films at once.
THREADS: Final = 2

# The class knows its kind in its type stubs only.
Encoded: TypeAlias = "Packet[Any]"


class OutgrownLimit(Exception):
    """The film would become larger than it may be."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a film is encoded: as good as it needs to be, or within bits per second."""

    max_side_pixels: int
    bits_per_second: int | None = None

    @property
    def options(self) -> dict[str, str]:
        usual = {"preset": "fast", "profile": "high", "threads": str(THREADS)}
        if self.bits_per_second is None:
            return usual | {"crf": "21"}
        rate = str(self.bits_per_second)
        return usual | {"b": rate, "maxrate": rate, "bufsize": rate}

    def size(self, reel: Reel) -> tuple[int, int]:
        """Width and height: even, upright, with square pixels, no larger than the film."""
        width, height = reel.display_size
        share = min(1.0, self.max_side_pixels / max(width, height))
        return max(2, round(width * share / 2) * 2), max(2, round(height * share / 2) * 2)


def encode(source: Path, target: Path, reel: Reel, encoding: Encoding, *, max_bytes: float = inf) -> None:
    """Encode a film anew: H.264 and AAC, in an MP4 with its index in front.

    Raises OutgrownLimit as soon as it is clear, and what FFmpeg raises.
    """
    with opened(source, reel.demuxer) as film, av.open(str(target), "w", "mp4", options=INDEX_FIRST) as copy:
        lens = _Lens(copy, film.streams.video[0], reel, encoding)
        microphone = _Microphone(copy) if film.streams.audio else None
        written_bytes = 0
        for made in _encoded(film, lens, microphone):
            written_bytes += made.size
            if written_bytes > max_bytes:
                raise OutgrownLimit
            copy.mux(made)


def _encoded(film: InputContainer, lens: "_Lens", microphone: "_Microphone | None") -> Iterator[Encoded]:
    streams = [film.streams.video[0], *(film.streams.audio[:1] if microphone else ())]
    for packet in film.demux(streams):
        for frame in packet.decode():
            if isinstance(frame, VideoFrame):
                yield from lens.take(frame)
            elif isinstance(frame, AudioFrame) and microphone is not None:
                yield from microphone.take(frame)
    yield from lens.rest()
    if microphone is not None:
        yield from microphone.rest()


class _Lens:
    """Pictures: turned upright, in their new size, encoded."""

    def __init__(self, copy: OutputContainer, source: VideoStream, reel: Reel, encoding: Encoding) -> None:
        width, height = encoding.size(reel)
        self._stream = copy.add_stream("libx264", rate=reel.frames_per_second, options=encoding.options)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        # Pictures keep their moments, however unevenly they follow each other.
        time_base = source.time_base or Fraction(1, 90_000)
        self._stream.codec_context.time_base = time_base
        self._graph = _graph(reel, width, height, time_base)
        self._last_moment: int | None = None

    def take(self, frame: VideoFrame) -> Iterator[Encoded]:
        if frame.pts is None or (self._last_moment is not None and frame.pts <= self._last_moment):
            return
        self._last_moment = frame.pts
        self._graph.vpush(frame)
        turned = self._graph.vpull()
        turned.pict_type = PictureType.NONE  # the encoder chooses its key frames itself
        yield from self._stream.encode(turned)

    def rest(self) -> Iterable[Encoded]:
        return self._stream.encode(None)


def _graph(reel: Reel, width: int, height: int, time_base: Fraction) -> Graph:
    graph = Graph()
    source = graph.add_buffer(
        width=reel.width_pixels,
        height=reel.height_pixels,
        format=VideoFormat(reel.pixel_format),
        time_base=time_base,
    )
    turns = [graph.add(name, arguments) for name, arguments in TURNS.get(reel.rotation_degrees, ())]
    graph.link_nodes(
        source,
        *turns,
        graph.add("scale", f"{width}:{height}"),
        graph.add("format", "yuv420p"),
        graph.add("setsar", "1"),
        graph.add("buffersink"),
    ).configure()
    return graph


class _Microphone:
    """Sound: in stereo, encoded."""

    def __init__(self, copy: OutputContainer) -> None:
        self._stream = copy.add_stream("aac", rate=SAMPLES_PER_SECOND, layout="stereo")
        self._stream.bit_rate = SOUND_BITS_PER_SECOND
        self._resampler = AudioResampler("fltp", "stereo", SAMPLES_PER_SECOND)

    def take(self, frame: AudioFrame | None) -> Iterator[Encoded]:
        for piece in self._resampler.resample(frame):
            yield from self._stream.encode(piece)

    def rest(self) -> Iterator[Encoded]:
        yield from self.take(None)
        yield from self._stream.encode(None)
