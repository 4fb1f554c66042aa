import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.gateway.delivery.replies import Replies
from services.gateway.delivery.turn import Turn
from services.gateway.turns import Part

log = structlog.get_logger()


class Placeholder:
    """The message that will become a turn's answer: placed once, whatever happens meanwhile, and edited.

    Methods raise AiogramError or LeaseLost.
    """

    def __init__(self, turn: Turn, replies: Replies, reserved: Awaitable[None]) -> None:
        """`reserved`: done once the turn is recorded as one that may have such a message."""
        self._turn = turn
        self._replies = replies
        self._reserved = reserved
        self._placing: asyncio.Task[bool] | None = None
        self._is_on_its_way = False

    async def show(self, make: Callable[[], Part]) -> None:
        """Shows what `make` returns, which is asked when the call may go."""
        is_first = self._placing is None
        if self._placing is None:
            self._placing = asyncio.create_task(self._place(make), name="placeholder")
            self._placing.add_done_callback(self._note_failure)
        # Whoever cancels the showing means neither the record nor a message that is on its way.
        is_sent = await asyncio.shield(self._placing)
        if not (is_first and is_sent) and self._turn.record is not None:
            await self._replies.edit(self._turn, self._turn.record.placeholder_message_id, make)

    async def close(self) -> None:
        """Waits for a message that is on its way, so that it is known; one that is not is not sent."""
        if self._placing is None:
            return
        if not self._is_on_its_way:
            self._placing.cancel()
        await asyncio.wait({self._placing})

    def _note_failure(self, placing: asyncio.Task[bool]) -> None:
        if not placing.cancelled() and (error := placing.exception()):
            log.warning("placeholder_not_placed", turn_id=self._turn.turn_id, error=type(error).__name__)

    async def _place(self, make: Callable[[], Part]) -> bool:
        """Says whether the message has been sent now: a former holder may have placed it."""
        await asyncio.shield(self._reserved)
        if self._turn.record is not None and self._turn.record.placeholder_message_id is not None:
            return False

        def first() -> Part:
            self._is_on_its_way = True
            return make()

        await self._replies.place(self._turn, first)
        return True
