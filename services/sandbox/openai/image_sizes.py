import re
from collections.abc import Sequence
from typing import Final

from services.sandbox.openai.refusals import INVALID, Refusal, Refused
from services.sandbox.vendor.orders import Sent, Size

WIDTH_BY_HEIGHT: Final = re.compile(r"(\d{1,5})x(\d{1,5})")
AUTO: Final = "auto"
SQUARE: Final = Size(1024, 1024)
USUAL: Final = (SQUARE, Size(1536, 1024), Size(1024, 1536))
SIDE_STEP: Final = 16
LONGEST_SIDE: Final = 3840
LEAST_PIXELS: Final = 655_360
MOST_PIXELS: Final = 3840 * 2160
MOST_SIDES: Final = 3  # the longer side to the shorter one


def read_size(asked: str, sent: Sequence[Sent]) -> Size:
    """Return the size that is asked for; `auto` is one like the first picture's. Raises Refused.

    https://developers.openai.com/api/docs/guides/image-generation
    """
    if asked == AUTO:
        return _like(sent[0]) if sent else SQUARE
    found = WIDTH_BY_HEIGHT.fullmatch(asked)
    if found is None:
        raise _refused(asked, "Sizes are given as 'WIDTHxHEIGHT' or 'auto'.")
    size = Size(int(found[1]), int(found[2]))
    shorter, longer = sorted(size)
    if size.width % SIDE_STEP or size.height % SIDE_STEP or not shorter:
        raise _refused(asked, f"Width and height must both be divisible by {SIDE_STEP}.")
    if longer > LONGEST_SIDE:
        raise _refused(asked, f"The longest edge must be at most {LONGEST_SIDE} pixels.")
    if longer > MOST_SIDES * shorter:
        raise _refused(asked, "The aspect ratio must be between 1:3 and 3:1.")
    if not LEAST_PIXELS <= size.width * size.height <= MOST_PIXELS:
        raise _refused(asked, f"The image must have between {LEAST_PIXELS} and {MOST_PIXELS} pixels.")
    return size


def _like(sent: Sent) -> Size:
    ratio = sent.picture.width / sent.picture.height
    return min(USUAL, key=lambda size: abs(size.width / size.height - ratio))


def _refused(asked: str, why: str) -> Refused:
    return Refused(Refusal(400, INVALID, "invalid_value", f"Invalid size '{asked}'. {why}", "size"))
