import asyncio
from typing import Final

import structlog
from aiogram.exceptions import AiogramError
from aiogram.methods import SendChatAction

from services.chassis.signals import is_set_within
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.outcomes import Outcome, describe, outcome_of
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.lease import LeaseLost
from services.gateway.pictures.order import Preview
from services.gateway.turns import Part

log = structlog.get_logger()

ACTION_SECONDS: Final = 4.5
"""Telegram shows a chat action for five seconds."""
GONE: Final = (Outcome.TARGET_GONE, Outcome.REFUSED, Outcome.NO_PICTURES)
"""There is nothing to show a picture in."""


class LivePicture:
    """Shows a picture while it is drawn, in one message. Its failures never harm the picture.

    The message is placed in words and becomes the newest preview whenever the chat's budget has room for one.
    """

    def __init__(
        self, turn: Turn, scheduler: Scheduler, replies: Replies, reserved: asyncio.Task[None], part: Part
    ) -> None:
        """`part`: what the message says until the picture is there."""
        self._turn = turn
        self._scheduler = scheduler
        self._replies = replies
        self._reserved = reserved
        self._part = part
        self._preview: Preview | None = None
        self._changed = asyncio.Event()
        self._is_placing = False
        self._placed = asyncio.create_task(self._place(), name="placeholder of a picture")
        self._task = asyncio.create_task(self._run(), name="live picture")

    def update(self, preview: Preview) -> None:
        self._preview = preview
        self._changed.set()

    async def close(self) -> None:
        """Ends the showing. A message that is on its way is waited for: it becomes the picture."""
        self._task.cancel()
        if not self._is_placing:
            self._placed.cancel()
        await asyncio.wait({self._task, self._placed})
        for task in (self._task, self._placed):
            if not task.cancelled() and (error := task.exception()):
                log.error("live_picture_failed", exc_info=error)

    async def _run(self) -> None:
        try:
            message_id = await asyncio.shield(self._placed)
            while True:
                await self._act()
                if await is_set_within(self._changed, ACTION_SECONDS):
                    self._changed.clear()
                    await self._show(message_id)
        except (AiogramError, LeaseLost) as error:
            log.warning("live_picture_ended", turn_id=self._turn.turn_id, detail=describe(error))

    async def _place(self) -> int | None:
        known_id: int | None = None
        try:
            # Whoever cancels the showing does not mean the record.
            await asyncio.shield(self._reserved)
            known_id = self._turn.record.placeholder_message_id if self._turn.record else None
            if known_id is None:
                return await self._replies.place(self._turn, self._first)
            await self._replies.edit(self._turn, known_id, self._first)
        except (AiogramError, LeaseLost) as error:
            log.warning("picture_not_announced", turn_id=self._turn.turn_id, detail=describe(error))
        return known_id

    def _first(self) -> Part:
        self._is_placing = True
        return self._part

    async def _act(self) -> None:
        action = SendChatAction(
            chat_id=self._turn.chat_id, message_thread_id=self._turn.thread_id or None, action="upload_photo"
        )
        try:
            await self._scheduler.call(action, self._turn.chat_id, Family.DRAFTS, Priority.COSMETIC)
        except AiogramError as error:
            log.info("chat_action_not_shown", turn_id=self._turn.turn_id, detail=describe(error))

    async def _show(self, message_id: int | None) -> None:
        if message_id is None:
            return
        try:
            part = self._part.model_copy(update={"message_id": message_id})
            await self._replies.develop(self._turn, part, self._newest)
        except AiogramError as error:
            if outcome_of(error) in GONE:
                raise
            log.warning("preview_not_shown", turn_id=self._turn.turn_id, detail=describe(error))

    def _newest(self) -> Preview:
        assert self._preview is not None
        self._changed.clear()
        return self._preview
