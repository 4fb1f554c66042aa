from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

KEPT_CALLS: Final = 10_000
KEPT_CHARACTERS: Final = 200


class Outcome(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    CLIENT_GONE = "client_gone"
    FAULT = "fault"


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


class Journal:
    """The latest calls, oldest first; `n` goes on counting when the journal is cleared."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self._count = 0
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
