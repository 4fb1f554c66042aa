from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.wire import Json

EVERY_METHOD: Final = "*"


class FaultKind(StrEnum):
    """What goes wrong; `cut_before` loses the call, `cut_after` only its answer."""

    HTTP = "http"
    TOO_MANY_REQUESTS = "429"
    SLOW = "slow"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    FORBIDDEN = "forbidden"


@dataclass(slots=True)
class Fault:
    """Something that goes wrong on the next `times` matching calls."""

    method: str
    kind: FaultKind
    chat_id: int | None = None
    status: int = 500
    retry_after_seconds: int = 1
    delay_ms: int = 0
    times: int = 1

    def matches(self, method: str, chat_id: int | None) -> bool:
        if self.chat_id is not None and self.chat_id != chat_id:
            return False
        return self.method == EVERY_METHOD or self.method.lower() == method.lower()


def read_fault(json: Json) -> Fault:
    """The fault a control request describes; raises ControlError."""
    try:
        chat_id = json.get("chat_id")
        return Fault(
            method=str(json["method"]),
            kind=FaultKind(str(json["kind"])),
            chat_id=None if chat_id is None else int(chat_id),
            status=int(json.get("status", 500)),
            retry_after_seconds=int(json.get("retry_after", 1)),
            delay_ms=int(json.get("delay_ms", 0)),
            times=int(json.get("times", 1)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ControlError(f"the fault is not understood: {error}") from error


class Faults:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that strikes this call, used up by one."""
        for fault in self._faults:
            if fault.matches(method, chat_id):
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def __len__(self) -> int:
        return len(self._faults)
