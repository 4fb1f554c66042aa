import io
import math
from array import array
from dataclasses import dataclass
from typing import Final

import av
from av.container import InputContainer

from services.sandbox.vendor.samples import RUSSIAN

RATE_HERTZ: Final = 24_000
NOTE_SECONDS: Final = 0.24
CHARACTERS_PER_NOTE: Final = 4
LEAST_NOTES: Final = 4
# A pentatonic scale has no wrong notes.
SCALE_HERTZ: Final = (220.0, 246.9, 277.2, 329.6, 370.0, 440.0)
LOUDNESS: Final = 3000
# Below it, nobody is said to speak.
SILENCE: Final = 50
# Where a file says what is spoken in it, so that it can be heard again.
SPOKEN: Final = "comment"
# A playlist is a media file too, and would have FFmpeg open whatever it names.
CLOSED: Final = {"protocol_whitelist": "none"}


@dataclass(frozen=True)
class Heard:
    """What the stand-in hears in a recording."""

    text: str
    seconds: float


def sing(text: str) -> bytes:
    """Return a quiet melody as bare samples, 16 bits and mono: the longer the text, the longer it is."""
    notes = [_note(hertz) for hertz in SCALE_HERTZ]
    count = max(LEAST_NOTES, math.ceil(len(text) / CHARACTERS_PER_NOTE))
    pieces = (text[n * CHARACTERS_PER_NOTE : (n + 1) * CHARACTERS_PER_NOTE] for n in range(count))
    return b"".join(notes[sum(map(ord, piece)) % len(notes)] for piece in pieces)


def speak(text: str) -> bytes:
    """Return a melody in Ogg Opus that remembers the text."""
    samples = sing(text)
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
    frame.planes[0].update(samples)
    frame.sample_rate = RATE_HERTZ
    target = io.BytesIO()
    with av.open(target, "w", format="ogg") as file:
        file.metadata[SPOKEN] = text
        stream = file.add_stream("libopus", rate=RATE_HERTZ, layout="mono")
        stream.bit_rate = 24_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return target.getvalue()


def hear(data: bytes) -> Heard:
    """Read what a melody remembers, or say how long another recording is. Raises ValueError for no sound."""
    try:
        with av.open(io.BytesIO(data), "r", options=CLOSED) as file:
            if not file.streams.audio:
                raise ValueError("there is no sound in the file")
            remembered = file.metadata.get(SPOKEN) or file.streams.audio[0].metadata.get(SPOKEN)
            loudest, seconds = _measure(file)
    except av.FFmpegError as error:
        raise ValueError("the file is no sound that can be read") from error
    if remembered:
        return Heard(remembered, seconds)
    said = f"{RUSSIAN.mark} запись звука, секунд: {seconds:.0f}." if loudest > SILENCE else ""
    return Heard(said, seconds)


def _measure(file: InputContainer) -> tuple[int, float]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HERTZ)
    loudest, count = 0, 0
    for decoded in file.decode(audio=0):
        for frame in resampler.resample(decoded):
            samples = array("h", bytes(frame.planes[0])[: frame.samples * 2])
            loudest = max(loudest, max(samples, default=0), -min(samples, default=0))
            count += frame.samples
    return loudest, count / RATE_HERTZ


def _note(hertz: float) -> bytes:
    count = int(NOTE_SECONDS * RATE_HERTZ)
    swell = (math.sin(math.pi * n / count) for n in range(count))
    wave = (math.sin(2 * math.pi * hertz * n / RATE_HERTZ) for n in range(count))
    return array("h", (int(LOUDNESS * a * b) for a, b in zip(swell, wave, strict=True))).tobytes()
