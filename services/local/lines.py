from collections.abc import Iterator
from typing import Final

MAX_LINE_BYTES: Final = 16 * 1024


class Lines:
    """Cuts a stream of bytes into lines. A longer one comes in pieces, so that memory stays bounded."""

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_line_bytes = max_line_bytes
        self._begun = b""

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield the lines that the chunk completes."""
        *complete, self._begun = (self._begun + chunk).split(b"\n")
        for line in complete:
            yield from self._pieces(line)
        while len(self._begun) > self._max_line_bytes:
            piece, self._begun = self._begun[: self._max_line_bytes], self._begun[self._max_line_bytes :]
            yield _text(piece)

    def rest(self) -> Iterator[str]:
        """Yield what came after the last line's end."""
        begun, self._begun = self._begun, b""
        if begun:
            yield _text(begun)

    def _pieces(self, line: bytes) -> Iterator[str]:
        for start in range(0, max(len(line), 1), self._max_line_bytes):
            yield _text(line[start : start + self._max_line_bytes])


def _text(line: bytes) -> str:
    return line.rstrip(b"\r").decode(errors="replace")
