import re
from collections import Counter
from collections.abc import Iterator
from ctypes import c_double
from functools import cached_property
from itertools import pairwise
from math import pi
from typing import Final, Self

import pypdfium2  # type: ignore[import-untyped]  # no stubs
from pypdfium2.raw import (  # type: ignore[import-untyped]  # no stubs
    FPDFText_GetCharAngle,
    FPDFText_GetCharIndexFromTextIndex,
    FPDFText_GetCharOrigin,
)

from services.docs.readers.pdf_layout import Run, text_of, tidy

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points as the file counts them."""

# The library writes a sign of its own, and no line's end, where a word is parted.
LINE: Final = re.compile(r"[^\r\n\x02\ufffe]*[\x02\ufffe]|[^\r\n\x02\ufffe]+")
SAMPLES: Final = 20
MAX_RUNS: Final = 20_000
"""A page of more is read in the order of the file."""
COLUMN_GAP: Final = 1.5
"""Of the letters' height: what is so far apart need not be one line."""


class PageText:
    """What is written on a page, and where. A context manager."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page
        self._text_page = page.get_textpage()
        self._text: str = self._text_page.get_text_range()
        # The library leaves signs out that mean nothing: then its two ways to count differ.
        self._is_even = self._text_page.count_chars() == len(self._text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._text_page.close()

    def text(self) -> str:
        """Return the text in the order in which it is read."""
        if self._text.count("\n") > MAX_RUNS:
            return tidy(self._text)
        return text_of(list(self.runs()))

    def runs(self) -> Iterator[Run]:
        """Yield what stands in a line each, in the order of the file."""
        for line in LINE.finditer(self._text):
            if not line.group().strip():
                continue
            boxes = [self._as_seen(box) for box in self.boxes(*line.span())]
            if any(_is_far(box, after) for box, after in pairwise(boxes)):
                yield from self._parted(*line.span())
            elif boxes:
                yield self._run(*line.span(), boxes)

    def boxes(self, begin: int, end: int) -> list[Box]:
        """Where a part of the text stands."""
        first, after = self._index(begin), self._index(end)
        count = self._text_page.count_rects(first, after - first)
        return [self._text_page.get_rect(number) for number in range(count)]

    def _parted(self, begin: int, end: int) -> Iterator[Run]:
        """Yield the parts of a line that stand far from each other."""
        start, boxes = begin, list[Box]()
        for at in range(begin, end):
            if self._text[at].isspace():
                continue
            box = self._as_seen(self._text_page.get_charbox(self._index(at), loose=True))
            if boxes and _is_far(boxes[-1], box):
                yield self._run(start, at, boxes)
                start, boxes = at, []
            boxes.append(box)
        if boxes:
            yield self._run(start, end, boxes)

    def _run(self, begin: int, end: int, boxes: list[Box]) -> Run:
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        text = self._text[begin:end]
        stands = self._index(begin + len(text) - len(text.lstrip()))
        x, y = c_double(), c_double()
        FPDFText_GetCharOrigin(self._text_page, stands, x, y)
        base = self._as_seen((x.value, y.value, x.value, y.value))[1]
        return Run(min(lefts), min(bottoms), max(rights), max(tops), text, begin, base)

    def _as_seen(self, box: Box) -> Box:
        left, bottom, right, top = box
        match self._quarters:
            case 3:
                return bottom, -right, top, -left
            case 2:
                return -right, -top, -left, -bottom
            case 1:
                return -top, left, -bottom, right
            case _:
                return box

    @cached_property
    def _quarters(self) -> int:
        """The way most of the text runs, in quarters of a turn; the page may be turned to make up for it."""
        step = max(1, len(self._text) // SAMPLES)
        places = (self._index(at) for at in range(0, len(self._text), step) if not self._text[at].isspace())
        angles = [FPDFText_GetCharAngle(self._text_page, place) for place in places]
        quarters = Counter(round(angle / (pi / 2)) % 4 for angle in angles if angle >= 0)
        return max(quarters, key=lambda each: quarters[each], default=0)

    def _index(self, at: int) -> int:
        if self._is_even or at >= len(self._text):
            return at if self._is_even else int(self._text_page.count_chars())
        return int(FPDFText_GetCharIndexFromTextIndex(self._text_page, at))


def _is_far(box: Box, after: Box) -> bool:
    return after[0] - box[2] > COLUMN_GAP * (after[3] - after[1])
