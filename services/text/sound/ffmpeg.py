import io
from dataclasses import dataclass
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from services.text.sound.purposes import Purpose

# What every vendor takes as it is. The MP4 of phones is not among it.
KNOWN: Final = {
    ("ogg", "opus"): "audio/ogg",
    ("ogg", "vorbis"): "audio/ogg",
    ("mp3", "mp3float"): "audio/mpeg",
    ("mp3", "mp3"): "audio/mpeg",
    ("flac", "flac"): "audio/flac",
    ("wav", "pcm_s16le"): "audio/wav",
}
OPUS: Final = {("ogg", "opus"), ("ogg", "libopus")}
NOTE_TYPE: Final = "audio/ogg"
# Speech needs no more: vendors hear at 16 kHz, and speak at 24.
RATES_HERTZ: Final = {Purpose.HEARD: 16_000, Purpose.SPOKEN: 24_000}
BITS_PER_SECOND: Final = 32_000
MAX_CODED_BYTES: Final = 20 * 1024 * 1024
# A playlist is a media file too, and would have FFmpeg open whatever it names.
CLOSED: Final = {"protocol_whitelist": "none"}


@dataclass(frozen=True, slots=True)
class Coded:
    """What a recording became. `content` is empty where it stays as it is."""

    mime_type: str
    seconds: float
    content: bytes = b""


def code(data: bytes, purpose: Purpose) -> Coded:
    """Make of a recording what its purpose needs. Raises ValueError for what is no sound."""
    try:
        with av.open(io.BytesIO(data), "r", options=CLOSED) as source:
            if not source.streams.audio:
                raise ValueError("there is no sound in the file")
            stream = source.streams.audio[0]
            mime_type = _kept_type(source, stream, purpose)
            if mime_type:
                return Coded(mime_type, _seconds(source, stream))
            return _recode(source, stream, RATES_HERTZ[purpose])
    except av.FFmpegError as error:
        raise ValueError("the file cannot be read") from error


def _kept_type(source: InputContainer, stream: AudioStream, purpose: Purpose) -> str | None:
    form = source.format.name, stream.codec_context.name
    if purpose is Purpose.SPOKEN:
        return NOTE_TYPE if form in OPUS and stream.channels == 1 else None
    return NOTE_TYPE if form in OPUS else KNOWN.get(form)


def _seconds(source: InputContainer, stream: AudioStream) -> float:
    """How long the packets last: not every file says it, and none has to say the truth."""
    begin, end = None, 0.0
    for packet in source.demux(stream):
        if packet.pts is None or packet.time_base is None:
            continue
        at = float(packet.pts * packet.time_base)
        begin = at if begin is None else begin
        end = max(end, at + float((packet.duration or 0) * packet.time_base))
    if begin is None or end <= begin:
        raise ValueError("there is nothing to hear in the file")
    return end - begin


def _recode(source: InputContainer, stream: AudioStream, rate: int) -> Coded:
    target, seconds = io.BytesIO(), 0.0
    with av.open(target, "w", format="ogg") as note:
        voice = note.add_stream("libopus", rate=rate, layout="mono", options={"application": "voip"})
        voice.bit_rate = BITS_PER_SECOND
        for frame in source.decode(stream):
            seconds += frame.samples / frame.sample_rate
            note.mux(voice.encode(frame))
            if target.tell() > MAX_CODED_BYTES:
                raise ValueError("the recording is too long")
        note.mux(voice.encode(None))
    if not seconds:
        raise ValueError("there is nothing to hear in the file")
    return Coded(NOTE_TYPE, seconds, target.getvalue())
