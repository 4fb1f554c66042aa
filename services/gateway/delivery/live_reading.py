import itertools
from collections.abc import Iterator
from typing import Final

from aiogram.methods import SendChatAction

from services.gateway.buttons import Keyboard
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.live import Latest, View, growing
from services.gateway.delivery.placeholder import Placeholder
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.documents.opening import Opening
from services.gateway.rendering import to_dicts
from services.gateway.turns import Part
from services.gateway.wording import Wording

PRIVATE_SECONDS: Final = 1.5
GROUP_SECONDS: Final = 5.0
"""Edits count against the 20 messages a minute of a group."""


class ReadingView:
    """Shows how far documents are read, then what they are, in one recorded message; and then the answer.

    That grows in drafts, or in the same message below what the documents are.
    """

    def __init__(
        self,
        turn: Turn,
        scheduler: Scheduler,
        placeholder: Placeholder,
        opening: Opening,
        stop: Keyboard,
        wording: Wording,
        drafts: View | None,
    ) -> None:
        self.thought_seconds = PRIVATE_SECONDS if turn.is_private else GROUP_SECONDS
        self._turn = turn
        self._scheduler = scheduler
        self._placeholder = placeholder
        self._opening = opening
        self._stop = stop
        self._wording = wording
        self._drafts = drafts
        self._shown: Part | None = None

    async def think(self) -> None:
        if self._shown != self._part():
            await self._placeholder.show(self._opened)
        elif self._drafts is not None and self._opening.card.text:
            await self._drafts.think()
            self.thought_seconds = self._drafts.thought_seconds
        else:
            typing = SendChatAction(
                chat_id=self._turn.chat_id, message_thread_id=self._turn.thread_id or None, action="typing"
            )
            await self._scheduler.call(typing, self._turn.chat_id, Family.DRAFTS, Priority.COSMETIC)

    async def show(self, latest: Latest) -> None:
        if self._drafts is None:
            await self._placeholder.show(lambda: growing(latest, self._stop, self._opening.card, gap="\n\n"))
            return
        if self._shown != self._part():
            await self._placeholder.show(self._opened)
        await self._drafts.show(latest)

    def intervals_seconds(self) -> Iterator[float]:
        if self._drafts is not None:
            return self._drafts.intervals_seconds()
        return itertools.repeat(1.2 if self._turn.is_private else 4.0)

    async def close(self) -> None:
        await self._placeholder.close()

    def _opened(self) -> Part:
        self._shown = self._part()
        return self._shown

    def _part(self) -> Part:
        text = self._opening.text(self._turn.language, self._wording)
        # Under a draft Telegram shows a button of its own.
        is_stopped_there = self._drafts is not None and bool(self._opening.card.text)
        keyboard = None if is_stopped_there else self._stop
        return Part(text=text.text, entities=to_dicts(text.entities), keyboard=keyboard)
