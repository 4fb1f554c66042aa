from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from services.video.studio.film import Problem, Reel, UnusableFilm

MAX_SIDE_PIXELS: Final = 4096
MIN_SIDE_PIXELS: Final = 16
MAX_SECONDS: Final = 120.0
MAX_FRAMES: Final = round(MAX_SECONDS) * 120
# Of what the header claims; less is a film that broke off.
WHOLE: Final = 0.9
SLACK_SECONDS: Final = 0.5
USUAL_FRAMES_PER_SECOND: Final = Fraction(30)
CODECS: Final = frozenset({"h264", "hevc", "av1", "vp9", "vp8", "mpeg4"})
# The boxes that a file of the MP4 family may begin with.
FIRST_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
EBML: Final = b"\x1aE\xdf\xa3"


def opened(path: Path, demuxer: str) -> InputContainer:
    """Open a film by the one reader that was chosen for it. Raises what FFmpeg raises."""
    # FFmpeg on its own would follow what some other kinds of files name: playlists, other files, servers.
    return av.open(str(path), format=demuxer, options={"protocol_whitelist": "file"})


def inspect(path: Path) -> Reel:
    """Look at a film: every packet, its first and its last pictures.

    Raises UnusableFilm, and what FFmpeg raises on a broken file.
    """
    demuxer = _demuxer(path)
    with opened(path, demuxer) as container:
        stream = _picture_stream(container)
        claimed = _claimed_seconds(container, stream)
        if claimed > MAX_SECONDS:
            raise UnusableFilm(Problem.TOO_LONG)
        begin, end = _extent(container, stream)
        measured = float((end - begin) * (stream.time_base or 0))
        if measured > MAX_SECONDS:
            raise UnusableFilm(Problem.TOO_LONG)
        if measured + SLACK_SECONDS < claimed * WHOLE or not measured:
            raise UnusableFilm(Problem.BROKEN)
        first = _decoded(container, stream, begin)
        _decoded(container, stream, end, to_the_end=True)
        return _reel(demuxer, container, stream, first, measured)


def _demuxer(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(8)
    if start[4:] in FIRST_BOXES:
        return "mov"
    if start.startswith(EBML):
        return "matroska"
    raise UnusableFilm(Problem.NOT_A_VIDEO)


def _picture_stream(container: InputContainer) -> VideoStream:
    found = [
        stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic
    ]
    if len(found) != 1:
        raise UnusableFilm(Problem.NOT_A_VIDEO)
    stream = found[0]
    if stream.codec_context.codec.canonical_name not in CODECS:
        raise UnusableFilm(Problem.NOT_A_VIDEO)
    _require_sane(stream.codec_context.width, stream.codec_context.height)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = 2
    return stream


def _require_sane(width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE_PIXELS:
        raise UnusableFilm(Problem.TOO_LARGE)
    if min(width, height) < MIN_SIDE_PIXELS:
        raise UnusableFilm(Problem.BROKEN)


def _claimed_seconds(container: InputContainer, stream: VideoStream) -> float:
    of_container = (container.duration or 0) / av.time_base
    of_stream = float((stream.duration or 0) * (stream.time_base or 0))
    return max(of_container, of_stream)


def _extent(container: InputContainer, stream: VideoStream) -> tuple[int, int]:
    """Say when the first picture begins and the last ends, in the stream's own time."""
    begins: list[int] = []
    end = 0
    for packet in container.demux(stream):
        if packet.is_corrupt:
            raise UnusableFilm(Problem.BROKEN)
        if packet.pts is None:
            continue
        begins.append(packet.pts)
        end = max(end, packet.pts + (packet.duration or 0))
        if len(begins) > MAX_FRAMES:
            raise UnusableFilm(Problem.TOO_LONG)
    if not begins:
        raise UnusableFilm(Problem.BROKEN)
    return min(begins), end


def _decoded(
    container: InputContainer, stream: VideoStream, at: int, *, to_the_end: bool = False
) -> VideoFrame:
    """Decode from the key frame before a moment on."""
    container.seek(at, stream=stream)
    found: VideoFrame | None = None
    for frame in container.decode(stream):
        if frame.is_corrupt:
            raise UnusableFilm(Problem.BROKEN)
        found = frame
        if not to_the_end:
            break
    if found is None:
        raise UnusableFilm(Problem.BROKEN)
    _require_sane(found.width, found.height)
    return found


def _reel(
    demuxer: str, container: InputContainer, stream: VideoStream, first: VideoFrame, seconds: float
) -> Reel:
    rate = stream.average_rate
    sound = container.streams.audio[0] if container.streams.audio else None
    return Reel(
        demuxer=demuxer,
        video_codec=stream.codec_context.codec.canonical_name,
        pixel_format=first.format.name,
        audio_codec=sound.codec_context.codec.canonical_name if sound else None,
        stream_count=len(container.streams),
        width_pixels=first.width,
        height_pixels=first.height,
        pixel_aspect=stream.sample_aspect_ratio or Fraction(1),
        rotation_degrees=first.rotation % 360,
        frames_per_second=rate if rate and 1 <= rate <= 120 else USUAL_FRAMES_PER_SECOND,
        duration_seconds=seconds,
    )
