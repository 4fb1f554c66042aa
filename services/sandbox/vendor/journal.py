from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

KEPT_CALLS: Final = 10_000
KEPT_CHARACTERS: Final = 200
# Of the pictures that came with calls; the oldest go first.
KEPT_BYTES: Final = 64 * 1024 * 1024


class Outcome(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    CLIENT_GONE = "client_gone"
    FAULT = "fault"


@dataclass(frozen=True)
class SentPicture:
    """A picture that came with a call."""

    mime_type: str
    width: int
    height: int
    size_bytes: int


@dataclass
class Drawn:
    """What became of a call for a picture. The `prompt` is whole."""

    prompt: str
    size: str
    format: str
    previews_asked: int
    sent: list[SentPicture] = field(default_factory=list)
    previews_sent: int = 0
    file_bytes: int = 0


@dataclass
class Call:
    """What became of one question. Times are Unix time in seconds."""

    n: int
    path: str
    model: str
    text: str
    started_at: float
    first_token_at: float | None = None
    ended_at: float | None = None
    outcome: Outcome = Outcome.RUNNING
    tokens_sent: int = 0
    speaker: str = ""
    """Who of several people asked."""
    drawn: Drawn | None = None


class Journal:
    """The latest calls, oldest first; `n` goes on counting when the journal is cleared."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self._count = 0
        self._sent: dict[int, Sequence[bytes]] = {}
        self._sent_bytes = 0
        self.active_streams = 0

    def open(self, path: str, model: str, text: str, at: float, *, speaker: str = "") -> Call:
        self._count += 1
        call = Call(self._count, path, model, text[:KEPT_CHARACTERS], at, speaker=speaker)
        self._calls.append(call)
        return call

    def calls(self) -> list[Call]:
        return list(self._calls)

    def clear(self) -> None:
        self._calls.clear()
        self._sent.clear()
        self._sent_bytes = 0

    def keep_sent(self, call: Call, pictures: Sequence[bytes]) -> None:
        """Keep the pictures that came with a call, as long as there is room."""
        if not pictures:
            return
        self._sent[call.n] = pictures
        self._sent_bytes += sum(map(len, pictures))
        while self._sent_bytes > KEPT_BYTES:
            oldest = next(iter(self._sent))
            self._sent_bytes -= sum(map(len, self._sent.pop(oldest)))

    def sent_picture(self, n: int, index: int) -> bytes | None:
        """Return the picture that came with call `n` at that place, from 0 on, or None without one."""
        pictures = self._sent.get(n, ())
        return pictures[index] if 0 <= index < len(pictures) else None
