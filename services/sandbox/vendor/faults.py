import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class FaultKind(StrEnum):
    RATE_LIMIT = "rate_limit"
    OUT_OF_FUNDS = "out_of_funds"
    OVERLOADED = "overloaded"
    MODERATION = "moderation"
    CONTEXT_TOO_LONG = "context_too_long"
    UNSUPPORTED_COUNTRY = "unsupported_country"
    MODEL_NOT_FOUND = "model_not_found"
    INVALID_KEY = "invalid_key"
    SERVER_ERROR = "server_error"
    CUT_MID_STREAM = "cut_mid_stream"
    HANG = "hang"
    SLOW = "slow"
    FAILED_EVENT = "failed_event"
    ERROR_EVENT = "error_event"
    INCOMPLETE = "incomplete"


STREAM_FAULTS: Final = frozenset(
    {
        FaultKind.CUT_MID_STREAM,
        FaultKind.HANG,
        FaultKind.SLOW,
        FaultKind.FAILED_EVENT,
        FaultKind.ERROR_EVENT,
        FaultKind.INCOMPLETE,
    }
)
MAGIC_WORD: Final = re.compile(r"\bsandbox:([a-z_]+)")
USUAL_AFTER_TOKENS: Final = 20


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, at once or `after_tokens`. `code` overrides the usual error code."""

    kind: FaultKind
    after_tokens: int | None = None
    retry_after_seconds: float | None = None
    times: int = 1
    code: str | None = None


class Faults:
    """Faults ordered through the control API, or by a person with a word in a message."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        self._ordered.append(fault)

    def clear(self) -> None:
        self._ordered.clear()

    def take(self, question: str) -> Fault | None:
        """Return what goes wrong with this call: ordered faults first, each as often as ordered."""
        if self._ordered:
            fault = self._ordered[0]
            if fault.times > 1:
                self._ordered[0] = replace(fault, times=fault.times - 1)
            else:
                self._ordered.pop(0)
            return fault
        return _spoken(question)


def _spoken(question: str) -> Fault | None:
    word = MAGIC_WORD.search(question)
    if word is None or word[1] not in list(FaultKind):
        return None
    kind = FaultKind(word[1])
    return Fault(kind, after_tokens=USUAL_AFTER_TOKENS if kind in STREAM_FAULTS else None)
