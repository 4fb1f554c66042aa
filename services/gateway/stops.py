import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from services.gateway.delivery.turn import Turn

Settle = Callable[[], Awaitable[None]]

FORGET_AFTER_SECONDS = 60.0
MAX_REMEMBERED = 200
"""Answers that ended lately: what comes to their questions comes within moments."""


class Outgrown(Exception):
    """More has come to a question while it was being answered: it is to be asked anew."""


@dataclass(eq=False)
class Running:
    """An answer that is being written or drawn, and the handle to stop it."""

    turn_id: str
    chat_id: int
    thread_id: int
    user_id: int
    draft_id: int
    cancel: Callable[[], object]
    inline_message_id: str = ""
    question_id: str = ""
    """The turn that asked, where this one answers it anew."""
    is_stopped: bool = False
    is_outgrown: bool = False

    @classmethod
    def of(cls, turn: Turn, cancel: Callable[[], object]) -> "Running":
        return cls(
            turn.turn_id,
            turn.chat_id,
            turn.thread_id,
            turn.user_id,
            turn.draft_id,
            cancel=cancel,
            inline_message_id=turn.inline_message_id,
            question_id=turn.question_id,
        )

    def stop(self) -> None:
        self.is_stopped = True
        self.cancel()

    def outgrow(self) -> None:
        """More came to the question: it is asked anew, and what was written so far is dropped."""
        self.is_outgrown = True
        self.cancel()


@dataclass(frozen=True)
class StopWish:
    """Which answer a user wants to end: by its turn, by its draft, or simply theirs in this chat.

    By `question_id` all that answer a question are meant.

    Of one that is written in a message sent through inline mode nobody knows the chat, but all who see it may
    end it.
    """

    chat_id: int
    user_id: int
    thread_id: int | None = 0
    """None: in all of them."""
    turn_id: str | None = None
    draft_id: int | None = None
    inline_message_id: str = ""
    question_id: str = ""

    def means(self, running: Running) -> bool:
        if self.inline_message_id:
            return self.inline_message_id == running.inline_message_id
        if self.chat_id != running.chat_id:
            return False
        if self.question_id:
            return self.question_id == running.question_id
        if self.turn_id is not None:
            return self.turn_id == running.turn_id
        if self.draft_id is not None:
            return self.draft_id == running.draft_id
        is_there = self.thread_id in (None, running.thread_id)
        return is_there and self.user_id in (0, running.user_id)


@dataclass(frozen=True)
class _Tombstone:
    wish: StopWish
    settle: Settle
    at: float = field(default_factory=time.monotonic)


class Stops:
    """Brings wishes to stop and running answers together, whichever comes first.

    A wish that finds no answer waits for it a while as a tombstone: after a kill the stop may be read before
    the turn it means. Its message is settled only then, so that it survives another kill.
    """

    def __init__(self) -> None:
        self._running: dict[str, Running] = {}
        self._tombstones: list[_Tombstone] = []
        self._outgrown: deque[str] = deque(maxlen=MAX_REMEMBERED)
        self._ended: deque[str] = deque(maxlen=MAX_REMEMBERED)

    def stop_now(self, wish: StopWish) -> bool:
        """Stops what `wish` means and says whether there was such an answer."""
        found = [running for running in self._running.values() if wish.means(running)]
        for running in found:
            running.stop()
        return bool(found)

    def outgrow(self, turn_id: str) -> bool:
        """Ends an answer because its question has grown: False where it has come to an end already.

        One that has not begun yet ends as soon as it begins.
        """
        running = self._running.get(turn_id)
        if turn_id in self._ended or (running is not None and running.is_stopped):
            return False
        if running is not None:
            running.outgrow()
        else:
            self._outgrown.append(turn_id)
        return True

    async def wish(self, wish: StopWish, settle: Settle) -> bool:
        """Like `stop_now`, but waits for the answer that `wish` means where there is none yet."""
        await self._bury_the_old()
        found = self.stop_now(wish)
        if found:
            await settle()
        else:
            self._tombstones.append(_Tombstone(wish, settle))
        return found

    async def run(self, turn: Turn, work: Coroutine[Any, Any, None]) -> bool:
        """Does what makes a turn's answer and says whether it was done: not where a wish stopped it.

        Raises Outgrown, and what `work` raises.
        """
        working = asyncio.create_task(work)
        running = Running.of(turn, working.cancel)
        await self.begin(running)
        try:
            await working
        except asyncio.CancelledError:
            if running.is_outgrown:
                raise Outgrown from None
            if not running.is_stopped:
                working.cancel()
                raise
            return False
        finally:
            self.end(running)
        return True

    async def begin(self, running: Running) -> None:
        """Makes an answer known; it is stopped at once where a tombstone waits for it."""
        self._running[running.turn_id] = running
        if running.turn_id in self._outgrown:
            self._outgrown.remove(running.turn_id)
            running.outgrow()
        for tombstone in [stone for stone in self._tombstones if stone.wish.means(running)]:
            self._tombstones.remove(tombstone)
            running.stop()
            await tombstone.settle()

    def end(self, running: Running) -> None:
        self._running.pop(running.turn_id, None)
        if not running.is_outgrown:
            self._ended.append(running.turn_id)

    async def _bury_the_old(self) -> None:
        limit = time.monotonic() - FORGET_AFTER_SECONDS
        for tombstone in [stone for stone in self._tombstones if stone.at < limit]:
            self._tombstones.remove(tombstone)
            await tombstone.settle()
