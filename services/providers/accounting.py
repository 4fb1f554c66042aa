import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol
from uuid import uuid4

from services.chassis.errors import QuartetError
from services.providers.vendors import Answering


class Outcome(StrEnum):
    """How a call ended. CANCELLED: nobody wanted the answer any more."""

    OK = "ok"
    ERROR = "error"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call cost. Tokens, or so many of a unit; None where no price is known."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    unit_count: float = 0.0
    unit: str = ""
    cost_micros: int | None = None
    price_version: str = ""
    estimated: bool = False


@dataclass(slots=True)
class Call:
    """One call to a vendor. `turn_id` is empty where it was for no request; `call_id` is its own."""

    operation: str
    turn_id: str
    user_key: int
    by: Answering
    attempt: int
    call_id: str
    called_at: datetime
    outcome: Outcome = Outcome.OK
    reason: str = ""
    finish: str = ""
    latency_ms: int = 0
    first_token_ms: int = 0
    spent: Spent | None = None


class Ledger(Protocol):
    """Where calls are entered."""

    async def enter(self, call: Call) -> None:
        """Enter a call that was answered: when this returns, it is not lost, as far as that takes no time."""
        ...

    def note(self, call: Call) -> None:
        """Enter a call for which nobody waits."""
        ...


class Books:
    """One service's accounts."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def account(self, operation: str, *, turn_id: str = "", user_key: int = 0) -> "Account":
        """Open an account of what is wanted, such as "reply"."""
        return Account(self._ledger, operation, turn_id, user_key)


class Account:
    """The calls to vendors that one answer took.

    A vendor asked again is another call with a price of its own.
    """

    def __init__(self, ledger: Ledger, operation: str, turn_id: str, user_key: int) -> None:
        self._ledger = ledger
        self._operation = operation
        self._turn_id = turn_id
        self._user_key = user_key
        self._calls = 0
        self._open: Call | None = None
        self._began_at = 0.0

    def asked(self, by: Answering) -> None:
        """A vendor is asked now; the one before it, if any, has failed."""
        if by.failure is not None:
            self.failed(by.failure)
        self._calls += 1
        self._began_at = time.monotonic()
        self._open = Call(
            self._operation,
            self._turn_id,
            self._user_key,
            by,
            attempt=self._calls,
            call_id=uuid4().hex,
            called_at=datetime.now(UTC),
        )

    def began(self) -> None:
        """The first of its answer is here."""
        if self._open is not None and not self._open.first_token_ms:
            self._open.first_token_ms = max(1, self._elapsed_ms())

    async def answered(self, spent: Spent, *, finish: str = "") -> None:
        """It has answered. Entered before anybody is told, so that no answer goes uncounted."""
        call = self._closed(Outcome.OK, spent)
        if call is not None:
            call.finish = finish
            await self._ledger.enter(call)

    def failed(self, error: QuartetError, spent: Spent | None = None) -> None:
        """It could not answer, or not to the end."""
        call = self._closed(Outcome.ERROR, spent)
        if call is not None:
            call.reason = error.reason
            self._ledger.note(call)

    def cancelled(self, spent: Spent | None = None) -> None:
        """Whoever wanted the answer does not any more."""
        call = self._closed(Outcome.CANCELLED, spent)
        if call is not None:
            self._ledger.note(call)

    @asynccontextmanager
    async def closing(self, spent: Callable[[], Spent | None] = lambda: None) -> AsyncIterator[None]:
        """Enter a call that does not come to its end, with what it cost until then."""
        try:
            yield
        except asyncio.CancelledError:
            self.cancelled(spent())
            raise
        except QuartetError as error:
            self.failed(error, spent())
            raise

    def _closed(self, outcome: Outcome, spent: Spent | None) -> Call | None:
        call, self._open = self._open, None
        if call is not None:
            call.outcome, call.spent, call.latency_ms = outcome, spent, self._elapsed_ms()
        return call

    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self._began_at) * 1000)
