import re
from collections.abc import Iterable, Iterator, Sequence
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
        "\ufffe": "-",
    }
)
HYPHENATED: Final = re.compile(r"(?<=[^\W\d_])[-\u2010\x02]\n(?=[a-zа-яё])")
SPACES: Final = re.compile(r"[ \t\u00a0]+")
PARAGRAPH_GAP: Final = 0.75
"""Of a line's height: what is more apart is another paragraph."""
SAME_LINE: Final = 0.5
LEAST_LINES: Final = 6
"""Fewer say nothing about columns."""
GUTTER: Final = 0.02
"""Of the page's width."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and its box, in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def height(self) -> float:
        return self.top - self.bottom


def laid_out_text(pieces: Sequence[Piece], page_width: float) -> str:
    """Put the runs of a page into the order in which it is read, column by column, paragraphs apart."""
    if not pieces:
        return ""
    columns = _columns(pieces, page_width)
    return tidy("\n\n".join(_column_text(column) for column in columns))


def tidy(text: str) -> str:
    """Join words that were parted at the end of a line, and write ligatures as letters."""
    plain = text.translate(LIGATURES).replace("\r\n", "\n").replace("\r", "\n")
    joined = HYPHENATED.sub("", plain)
    lines = (SPACES.sub(" ", line).strip() for line in joined.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _columns(pieces: Sequence[Piece], page_width: float) -> Iterator[list[Piece]]:
    """Yield what is read one after the other: what spans the page, and columns between that."""
    gutter = _gutter(pieces, page_width)
    if gutter is None:
        yield list(pieces)
        return
    band: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: -piece.top):
        if piece.left < gutter < piece.right:
            yield from _sides(band, gutter)
            band = []
            yield [piece]
        else:
            band.append(piece)
    yield from _sides(band, gutter)


def _sides(band: list[Piece], gutter: float) -> Iterator[list[Piece]]:
    for side in ([p for p in band if p.right <= gutter], [p for p in band if p.right > gutter]):
        if side:
            yield side


def _gutter(pieces: Sequence[Piece], page_width: float) -> float | None:
    """The middle of the white strip between two columns; None where there are none."""
    body = [piece for piece in pieces if piece.right - piece.left < page_width * 0.6]
    if len(body) < 2 * LEAST_LINES:
        return None
    edges = sorted({piece.right for piece in body} | {piece.left for piece in body})
    middle = [(a, b) for a, b in pairwise(edges) if page_width * 0.3 < (a + b) / 2 < page_width * 0.7]
    for begin, end in sorted(middle, key=lambda strip: strip[0] - strip[1]):
        if end - begin < page_width * GUTTER:
            return None
        at = (begin + end) / 2
        left = sum(piece.right <= at for piece in body)
        right = sum(piece.left >= at for piece in body)
        if min(left, right) >= LEAST_LINES and len(body) - left - right <= len(body) // 10:
            return at
    return None


def _column_text(pieces: Sequence[Piece]) -> str:
    height = median(piece.height for piece in pieces) or 1.0
    lines = _lines(pieces, height)
    text = ""
    above: Piece | None = None
    for line in lines:
        if above is not None:
            gap = above.bottom - line[0].top
            text += "\n\n" if gap > height * PARAGRAPH_GAP or gap < -5 * height else "\n"
        text += " ".join(piece.text.strip("\r\n") for piece in line)
        above = line[0]
    return text


def _lines(pieces: Iterable[Piece], height: float) -> list[list[Piece]]:
    """Runs that stand beside each other, from the left, in the order in which the file has the lines."""
    lines: list[list[Piece]] = []
    for piece in pieces:
        last = lines[-1][-1] if lines else None
        if (
            last is not None
            and abs(last.bottom - piece.bottom) < height * SAME_LINE
            and piece.left >= last.left
        ):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return lines
