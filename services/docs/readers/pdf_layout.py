import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

LIGATURES: Final = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
        "\u00ad": None,
        "\u0002": "-",
        "\ufffe": "-",
    }
)
PARTED_WORD: Final = re.compile(r"(?<=[^\W\d_])[-\u2010]\n(?=[a-zа-яё])")
PARTED_NAME: Final = re.compile(r"(?<=[^\W\d_])([-\u2010])\n(?=[A-ZА-ЯЁ])")
SPACES: Final = re.compile(r"[ \t\u00a0]+")
LEAST_LINES: Final = 6
"""Fewer say nothing about columns."""
GUTTER: Final = 0.02
"""Of the width, as those that follow: the white between two columns at least,"""
COLUMN_LINE: Final = 0.2
"""a usual line in a column (the cells of a table are shorter, and belong beside each other),"""
CENTRE: Final = 0.2
"""and the margin in which no column begins."""
PARAGRAPH_PITCH: Final = 1.35
"""From line to line, of what is usual."""
# Of the height of a line's letters.
USUAL_PITCH: Final = 1.6
MAX_PITCH: Final = 2.5
INDENT: Final = (0.7, 6.0)
WORD_GAP: Final = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """Text in a line, its box in points from the lower left, and where it begins in the file's text."""

    left: float
    bottom: float
    right: float
    top: float
    text: str
    begin: int = 0
    base: float = 0.0
    """What its letters stand on."""

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def is_beside(self, other: "Run") -> bool:
        """Whether both stand in one line, be one of them raised."""
        shared = min(self.top, other.top) - max(self.bottom, other.bottom)
        return shared > 0.5 * min(self.height, other.height)


def text_of(runs: Sequence[Run]) -> str:
    """Put the runs of a page into the order in which it is read, column by column, paragraphs apart."""
    return tidy("\n\n".join(_joined(region) for region in regions(runs)))


def tidy(text: str) -> str:
    """Join words that were parted at the end of a line, and write ligatures as letters."""
    plain = text.translate(LIGATURES).replace("\r\n", "\n").replace("\r", "\n")
    lines = (SPACES.sub(" ", line).strip() for line in plain.split("\n"))
    joined = PARTED_NAME.sub(r"\1", PARTED_WORD.sub("", "\n".join(lines)))
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def regions(runs: Sequence[Run]) -> Iterator[Sequence[Run]]:
    """Yield what is read one after the other: what spans the page, and columns between that."""
    gutter = _gutter(runs)
    if gutter is None:
        if runs:
            yield runs
        return
    band: list[Run] = []
    for run in sorted(runs, key=lambda run: -run.top):
        if run.left < gutter < run.right:
            yield from _sides(band, gutter)
            band = []
            yield [run]
        else:
            band.append(run)
    yield from _sides(band, gutter)


def _sides(band: Sequence[Run], gutter: float) -> Iterator[Sequence[Run]]:
    yield from regions([run for run in band if run.right <= gutter])
    yield from regions([run for run in band if run.right > gutter])


def _gutter(runs: Sequence[Run]) -> float | None:
    """The middle of the white strip between two columns; None where there are none."""
    if len(runs) < 2 * LEAST_LINES:
        return None
    begin, end = min(run.left for run in runs), max(run.right for run in runs)
    width = end - begin
    body = [run for run in runs if run.right - run.left < 0.6 * width]
    edges = sorted({run.right for run in body} | {run.left for run in body})
    inner = (begin + CENTRE * width, end - CENTRE * width)
    strips = [(b - a, (a + b) / 2) for a, b in pairwise(edges) if b - a >= GUTTER * width]
    for _size, at in sorted(strips, reverse=True):
        left = [run for run in body if run.right <= at]
        right = [run for run in body if run.left >= at]
        crossing = len(body) - len(left) - len(right)
        if (
            inner[0] < at < inner[1]
            and crossing <= len(body) // 10
            and all(_is_column(side, width) for side in (left, right))
        ):
            return at
    return None


def _is_column(side: Sequence[Run], width: float) -> bool:
    if len(side) < LEAST_LINES:
        return False
    return median(run.right - run.left for run in side) >= COLUMN_LINE * width


def _joined(runs: Sequence[Run]) -> str:
    lines = _lines(runs)
    height = median(run.height for run in runs) or 1.0
    margin = median(line[0].left for line in lines)
    pitches = [above[0].base - line[0].base for above, line in pairwise(lines)]
    longest = PARAGRAPH_PITCH * _usual(pitches, height)

    def is_indented(number: int) -> bool:
        return number < len(lines) and INDENT[0] < (lines[number][0].left - margin) / height < INDENT[1]

    text = _line_text(lines[0], height)
    for number, pitch in enumerate(pitches, start=1):
        is_amid = is_indented(number - 1) and is_indented(number + 1)
        is_new = not -height < pitch < longest or (is_indented(number) and not is_amid)
        text += ("\n\n" if is_new else "\n") + _line_text(lines[number], height)
    return text


def _usual(pitches: Sequence[float], height: float) -> float:
    """The distance of lines in a paragraph."""
    downward = sorted(pitch for pitch in pitches if pitch > 0)
    if len(downward) < 2:
        return USUAL_PITCH * height
    return min(downward[(len(downward) - 1) // 3], MAX_PITCH * height)


def _line_text(line: Sequence[Run], height: float) -> str:
    text = line[0].text
    for before, run in pairwise(line):
        # Whichever way the line is read.
        gap = max(run.left - before.right, before.left - run.right)
        text += (" " if gap > WORD_GAP * height else "") + run.text
    return text


def _lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that stand beside each other, in the order of the file where it goes down the page."""
    if sum(below.bottom > above.top for above, below in pairwise(runs)) > len(runs) // 5:
        runs = sorted(runs, key=lambda run: (-run.top, run.left))
    lines: list[list[Run]] = []
    for run in runs:
        if lines and run.is_beside(lines[-1][0]):
            lines[-1].append(run)
        else:
            lines.append([run])
    return lines
