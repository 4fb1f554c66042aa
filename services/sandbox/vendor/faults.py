import re
from collections.abc import Callable
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
    MODERATION_OUTPUT = "moderation_output"
    GARBAGE = "garbage"


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
USUAL_AFTER_PREVIEWS: Final = 1


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, at once or later: `after_tokens` of a text, `after_previews` of a picture.

    `code` overrides the usual error code; `model` is the only one that is struck, if any.
    """

    kind: FaultKind
    after_tokens: int | None = None
    retry_after_seconds: float | None = None
    times: int = 1
    code: str | None = None
    after_previews: int | None = None
    model: str | None = None

    def strikes(self, model: str) -> bool:
        return self.model in (None, model)


class Faults:
    """Faults ordered through the control API, or by a person with a word in a message."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        self._ordered.append(fault)

    def clear(self) -> None:
        self._ordered.clear()

    def take(self, question: str, model: str) -> Fault | None:
        """Return what goes wrong with this call: ordered faults first, each as often as ordered."""
        return self._first(lambda fault: fault.strikes(model)) or _spoken(question)

    def take_only(self, model: str) -> Fault | None:
        """Return what goes wrong where only a fault that names it strikes, not one ordered for any model."""
        return self._first(lambda fault: fault.model == model)

    def _first(self, strikes: Callable[[Fault], bool]) -> Fault | None:
        for index, fault in enumerate(self._ordered):
            if not strikes(fault):
                continue
            if fault.times > 1:
                self._ordered[index] = replace(fault, times=fault.times - 1)
            else:
                self._ordered.pop(index)
            return fault
        return None


def _spoken(question: str) -> Fault | None:
    word = MAGIC_WORD.search(question)
    if word is None or word[1] not in list(FaultKind):
        return None
    kind = FaultKind(word[1])
    if kind not in STREAM_FAULTS:
        return Fault(kind)
    return Fault(kind, after_tokens=USUAL_AFTER_TOKENS, after_previews=USUAL_AFTER_PREVIEWS)
