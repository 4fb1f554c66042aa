import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

PixelBox = tuple[float, float, float, float]
"""Left, top, right and bottom."""

COLOUR: Final = (255, 214, 10, 96)
MARGIN_PIXELS: Final = 2
# Letters that one reader takes for the other; whoever looks at the page does not care.
ALIKE: Final = str.maketrans("ёacehkmoptxyb", "еасенкмортхув")
LEAST_LETTERS: Final = 12
MAX_LETTERS: Final = 1000
MAX_PAGE_LETTERS: Final = 50_000


class Letters:
    """The letters of a page and who each belongs to. Spaces, hyphens and marks make no difference."""

    def __init__(self, parts: Iterable[tuple[int, str]]) -> None:
        """`parts`: pieces of the text in reading order, and the number of what each belongs to."""
        self._owners: list[int] = []
        letters: list[str] = []
        for owner, text in parts:
            found = _letters(text)
            letters.append(found)
            self._owners += [owner] * len(found)
        self._letters = "".join(letters)

    def owners(self, passage: str) -> list[int]:
        """Who the letters of a passage belong to, in order. Where not all of it is here, the longest part."""
        wanted = _letters(passage)[:MAX_LETTERS]
        begin, size = (self._letters.find(wanted), len(wanted)) if wanted else (-1, 0)
        if begin < 0 and len(wanted) >= LEAST_LETTERS and len(self._letters) <= MAX_PAGE_LETTERS:
            match = SequenceMatcher(None, wanted, self._letters, autojunk=False).find_longest_match()
            begin, size = (match.b, match.size) if match.size >= LEAST_LETTERS else (-1, 0)
        return list(dict.fromkeys(self._owners[begin : begin + size])) if begin >= 0 else []


def marked(picture: Image.Image, boxes: Iterable[PixelBox]) -> Image.Image:
    """Return the picture with boxes marked as with a felt pen; those of one line are one."""
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for left, top, right, bottom in _by_line(boxes):
        pen.rectangle(
            (left - MARGIN_PIXELS, top - MARGIN_PIXELS, right + MARGIN_PIXELS, bottom + MARGIN_PIXELS),
            fill=COLOUR,
        )
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def png_of(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _by_line(boxes: Iterable[PixelBox]) -> list[PixelBox]:
    lines: list[PixelBox] = []
    for box in boxes:
        last = lines[-1] if lines else None
        height = box[3] - box[1]
        is_beside = last is not None and min(last[3], box[3]) - max(last[1], box[1]) > 0.5 * height
        if last is not None and is_beside and -height < box[0] - last[2] < 2 * height:
            lines[-1] = (
                *(min(last[0], box[0]), min(last[1], box[1])),
                *(max(last[2], box[2]), max(last[3], box[3])),
            )
        else:
            lines.append(box)
    return lines


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(ALIKE)
    return "".join(sign for sign in plain if sign.isalnum())
