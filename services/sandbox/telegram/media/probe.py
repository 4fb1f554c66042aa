import asyncio
import io
from dataclasses import dataclass, field
from typing import Final

import av
from av.container import InputContainer

from services.sandbox.telegram.media.files import Measures

_IMAGE_FORMATS: Final = {
    "png_pipe": "image/png",
    "jpeg_pipe": "image/jpeg",
    "webp_pipe": "image/webp",
    "image2": "image/jpeg",
    "bmp_pipe": "image/bmp",
    "tiff_pipe": "image/tiff",
    "gif": "image/gif",
}
_SOUND_FORMATS: Final = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/x-wav",
    "flac": "audio/flac",
    "aac": "audio/aac",
}
# A playlist is a media file too, and would have FFmpeg open whatever it names.
_CLOSED: Final = {"protocol_whitelist": "none"}


@dataclass(frozen=True, slots=True)
class Probed:
    """What a file is by its content, whatever it is called."""

    mime_type: str = ""
    measures: Measures = field(default_factory=Measures)
    is_image: bool = False
    has_picture: bool = False
    has_sound: bool = False
    sound_codec: str = ""


NOT_MEDIA: Final = Probed()


async def probe(data: bytes) -> Probed:
    """Looks into a file off the event loop; what is no picture, sound or video gives `NOT_MEDIA`."""
    return await asyncio.to_thread(_probe, data)


def _probe(data: bytes) -> Probed:
    try:
        with av.open(io.BytesIO(data), mode="r", options=_CLOSED) as container:
            return _look(container)
    except (av.FFmpegError, ValueError):
        return NOT_MEDIA


def _look(container: InputContainer) -> Probed:
    videos, sounds = container.streams.video, container.streams.audio
    pictures = [stream for stream in videos if not stream.disposition & stream.disposition.attached_pic]
    width, height = (pictures[0].width, pictures[0].height) if pictures else (0, 0)
    format_name = container.format.name
    is_image = format_name in _IMAGE_FORMATS
    is_still = is_image and format_name != "gif"
    tags = {key.lower(): value for key, value in container.metadata.items()}
    measures = Measures(
        width,
        height,
        0 if is_still else _duration_seconds(container),
        tags.get("title", ""),
        tags.get("artist", ""),
    )
    return Probed(
        _mime_type(format_name, has_picture=bool(pictures)),
        measures,
        is_image=is_image and width > 0,
        has_picture=width > 0,
        has_sound=bool(sounds),
        sound_codec=sounds[0].codec_context.name if sounds else "",
    )


def _duration_seconds(container: InputContainer) -> int:
    """Whole seconds, at least one. A recording of a browser does not say its length: its packets do."""
    if container.duration:
        return max(1, round(container.duration / av.time_base))
    ends = [
        float((packet.pts + (packet.duration or 0)) * packet.time_base)
        for packet in container.demux()
        if packet.pts is not None and packet.time_base is not None
    ]
    return max(1, round(max(ends, default=0.0)))


def _mime_type(format_name: str, *, has_picture: bool) -> str:
    if format_name in _IMAGE_FORMATS:
        return _IMAGE_FORMATS[format_name]
    if format_name in _SOUND_FORMATS:
        return _SOUND_FORMATS[format_name]
    kind = "video" if has_picture else "audio"
    names = format_name.split(",")
    if "mp4" in names:
        return f"{kind}/mp4"
    return f"{kind}/webm" if "webm" in names else ""
