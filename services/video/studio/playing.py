from fractions import Fraction
from pathlib import Path
from typing import Final

from services.video.studio.film import Reel

MAX_SIDE_PIXELS: Final = 1920
QUICKTIME: Final = b"qt  "


def has_right_streams(reel: Reel) -> bool:
    """Whether messengers play pictures and sound as they are encoded, once they stand in a good MP4."""
    is_plain = not reel.rotation_degrees and reel.pixel_aspect == Fraction(1)
    is_even = not (reel.width_pixels % 2 or reel.height_pixels % 2)
    is_small = max(reel.width_pixels, reel.height_pixels) <= MAX_SIDE_PIXELS
    is_encoded_well = reel.video_codec == "h264" and reel.pixel_format == "yuv420p"
    return is_plain and is_even and is_small and is_encoded_well and reel.audio_codec in (None, "aac")


def is_ready_file(path: Path, reel: Reel) -> bool:
    """Whether it is an MP4 of nothing but pictures and sound, whose index stands before what it points to."""
    if reel.demuxer != "mov" or reel.stream_count != 1 + (reel.audio_codec is not None):
        return False
    brand, boxes = _layout(path)
    if brand in (b"", QUICKTIME) or b"moof" in boxes or not {b"moov", b"mdat"} <= set(boxes):
        return False
    return boxes.index(b"moov") < boxes.index(b"mdat")


def _layout(path: Path) -> tuple[bytes, list[bytes]]:
    """Read the brand and the kinds of the outermost boxes: ISO/IEC 14496-12, 4.2."""
    brand, boxes, offset = b"", list[bytes](), 0
    with path.open("rb") as file:
        while len(head := file.read(16)) >= 8:
            size, kind = int.from_bytes(head[:4], "big"), head[4:8]
            boxes.append(kind)
            if kind == b"ftyp":
                brand = head[8:12]
            if size == 1:
                size = int.from_bytes(head[8:], "big")
            if size < 8:
                break  # the last box, up to the end of the file
            offset += size
            file.seek(offset)
    return brand, boxes
