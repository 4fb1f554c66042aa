from pathlib import Path
from typing import Final

from services.video.studio.copying import copy_streams
from services.video.studio.encoding import SOUND_BITS_PER_SECOND, Encoding, OutgrownLimit, encode
from services.video.studio.film import Print, Reel
from services.video.studio.inspecting import inspect
from services.video.studio.playing import has_right_streams, is_ready_file
from services.video.studio.thumbnails import write_thumbnail

GOOD_SIDE_PIXELS: Final = 1280
SMALL_SIDE_PIXELS: Final = 640
LEAST_BITS_PER_SECOND: Final = 100_000
# The encoder does not hit its mark exactly, and the file holds more than pictures and sound.
AIM: Final = 0.9


def develop(source: Path, display: Path, thumbnail: Path, *, max_bytes: int) -> Print:
    """Check a film; make what messengers play in place, where it is not that itself, and its thumbnail.

    Only where even the smallest encoding is larger than `max_bytes`, the display is so too. Raises
    UnusableFilm, and what FFmpeg raises on a broken file.
    """
    reel = inspect(source)
    is_small = source.stat().st_size <= max_bytes
    is_source = is_small and has_right_streams(reel) and is_ready_file(source, reel)
    if not is_source:
        if is_small and has_right_streams(reel):
            copy_streams(source, display, reel)
        else:
            _encode(source, display, reel, max_bytes)
    write_thumbnail(source if is_source else display, thumbnail)
    shown = reel if is_source else inspect(display)
    return Print(
        is_source,
        reel.mime_type,
        *shown.display_size,
        round(shown.duration_seconds, 3),
        shown.audio_codec is not None,
    )


def _encode(source: Path, display: Path, reel: Reel, max_bytes: int) -> None:
    bits_per_second = round(max_bytes * 8 * AIM / reel.duration_seconds)
    if reel.audio_codec is not None:
        bits_per_second -= SOUND_BITS_PER_SECOND
    bits_per_second = max(LEAST_BITS_PER_SECOND, bits_per_second)
    for encoding in (Encoding(GOOD_SIDE_PIXELS), Encoding(GOOD_SIDE_PIXELS, bits_per_second)):
        try:
            return encode(source, display, reel, encoding, max_bytes=max_bytes)
        except OutgrownLimit:
            continue
    return encode(source, display, reel, Encoding(SMALL_SIDE_PIXELS, bits_per_second // 2))
