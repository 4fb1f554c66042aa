import asyncio
import itertools
from collections.abc import Callable, Iterator
from typing import Protocol

import structlog
from aiogram.exceptions import AiogramError
from aiogram.methods import SendChatAction, SendMessageDraft

from services.chassis.signals import is_set_within
from services.gateway.buttons import Keyboard, keyboard
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.outcomes import describe
from services.gateway.delivery.placeholder import Placeholder
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.lease import LeaseLost
from services.gateway.rendering import (
    MAX_TEXT_UTF16,
    FormattedText,
    live_view,
    quoted,
    to_aiogram,
    to_dicts,
    utf16_length,
)
from services.gateway.turns import Part
from services.gateway.updates import STOP_PREFIX

log = structlog.get_logger()

THINKING_AFTER_SECONDS = 0.5
"""A quick answer needs no sign of thinking; a slow one does."""
GROWING = " …"
DRAFT_LIFE_SECONDS = 20.0
"""Telegram forgets a draft after 30 seconds: a silent one is shown again before."""
NOTHING = FormattedText("")

Latest = Callable[[int], FormattedText]
"""The answer so far, its last page of at most so many UTF-16 units."""


class View(Protocol):
    """One way of showing an answer while it is written. Its methods raise AiogramError or LeaseLost."""

    thought_seconds: float
    """How long `think` is seen."""

    async def think(self) -> None:
        """Shows that an answer is on its way."""

    async def show(self, latest: Latest) -> None:
        """Shows the answer so far; `latest` is asked when the call may go."""

    def intervals_seconds(self) -> Iterator[float]:
        """How long to leave each showing alone before the next."""

    async def close(self) -> None:
        """Ends the view once nothing is shown in it any more; a message that is on its way is waited for."""


class DraftView:
    """Telegram's native drafts: private chats only, not recorded, with Telegram's own Stop button."""

    thought_seconds = DRAFT_LIFE_SECONDS

    def __init__(self, turn: Turn, scheduler: Scheduler) -> None:
        self._turn = turn
        self._scheduler = scheduler

    async def think(self) -> None:
        await self._draft(lambda _: FormattedText(""))

    async def show(self, latest: Latest) -> None:
        await self._draft(latest)

    async def _draft(self, latest: Latest) -> None:
        def method() -> SendMessageDraft:
            text = latest(MAX_TEXT_UTF16)
            return SendMessageDraft(
                chat_id=self._turn.chat_id,
                message_thread_id=self._turn.thread_id or None,
                draft_id=self._turn.draft_id,
                text=text.text,
                entities=to_aiogram(text.entities) or None,
                parse_mode=None,
                can_stop=True,
                keep_on_stop=True,
            )

        await self._scheduler.call_latest(method, self._turn.chat_id, Family.DRAFTS, Priority.PROGRESS)

    def intervals_seconds(self) -> Iterator[float]:
        return itertools.chain((0.4, 0.5, 0.7, 0.9), itertools.repeat(1.2))

    async def close(self) -> None:
        return


class PlaceholderView:
    """A recorded message that is edited until it is the answer: groups, and servers without drafts."""

    thought_seconds = 4.5
    """Telegram shows a chat action for five seconds."""

    def __init__(
        self,
        turn: Turn,
        scheduler: Scheduler,
        placeholder: Placeholder,
        stop_text: str,
        head: FormattedText = NOTHING,
    ) -> None:
        self._turn = turn
        self._scheduler = scheduler
        self._placeholder = placeholder
        self._keyboard = stop_keyboard(turn, stop_text)
        self._head = head

    async def think(self) -> None:
        typing = SendChatAction(
            chat_id=self._turn.chat_id, message_thread_id=self._turn.thread_id or None, action="typing"
        )
        await self._scheduler.call(typing, self._turn.chat_id, Family.DRAFTS, Priority.COSMETIC)

    async def show(self, latest: Latest) -> None:
        await self._placeholder.show(lambda: growing(latest, self._keyboard, self._head, gap="\n\n"))

    def intervals_seconds(self) -> Iterator[float]:
        # Edits count against the 20 messages a minute of a group.
        first, later = (0.8, 1.2) if self._turn.is_private else (2.0, 4.0)
        return itertools.chain((first,), itertools.repeat(later))

    async def close(self) -> None:
        await self._placeholder.close()


class InlineView:
    """A message that someone sent through the bot in another chat; it says already that an answer comes."""

    thought_seconds = 60.0

    def __init__(self, turn: Turn, replies: Replies, stop_text: str) -> None:
        self._turn = turn
        self._replies = replies
        self._keyboard = stop_keyboard(turn, stop_text)
        self._asked = quoted(turn.transcript)

    async def think(self) -> None:
        return

    async def show(self, latest: Latest) -> None:
        await self._replies.edit(self._turn, None, lambda: growing(latest, self._keyboard, self._asked))

    def intervals_seconds(self) -> Iterator[float]:
        return itertools.repeat(2.0)

    async def close(self) -> None:
        return


class LiveAnswer:
    """Shows a growing answer in as few calls as look alive. Its failures never harm the answer."""

    def __init__(
        self,
        view: View,
        on_first_text: Callable[[], None],
        *,
        thinks_after_seconds: float = THINKING_AFTER_SECONDS,
    ) -> None:
        self._view = view
        self._on_first_text = on_first_text
        self._thinks_after_seconds = thinks_after_seconds
        self._markdown = ""
        self._is_hint = False
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="live answer")

    def update(self, markdown: str, *, is_hint: bool = False) -> None:
        """Shows the answer so far; or a hint at how far it is, as long as nothing of it is there."""
        self._markdown, self._is_hint = markdown, is_hint
        self._changed.set()

    async def close(self) -> None:
        """Ends the showing; a call that is under way ends first, in the scheduler."""
        self._task.cancel()
        await asyncio.wait({self._task})
        await self._view.close()
        if not self._task.cancelled() and (error := self._task.exception()):
            log.error("live_answer_failed", exc_info=error)

    async def _run(self) -> None:
        try:
            pause_seconds = self._thinks_after_seconds
            while not await is_set_within(self._changed, pause_seconds):
                await self._view.think()
                pause_seconds = self._view.thought_seconds
            await self._show_until_closed()
        except (AiogramError, LeaseLost) as error:
            log.warning("live_answer_ended", detail=describe(error))

    async def _show_until_closed(self) -> None:
        is_first = True
        for interval_seconds in self._view.intervals_seconds():
            self._changed.clear()
            await self._view.show(lambda limit_utf16: live_view(self._markdown, limit_utf16))
            if is_first and not self._is_hint:
                self._on_first_text()
                is_first = False
            await asyncio.sleep(interval_seconds)
            await is_set_within(self._changed, DRAFT_LIFE_SECONDS)


def stop_keyboard(turn: Turn, text: str) -> Keyboard:
    """The Stop button under a message that grows."""
    return keyboard([(text, f"{STOP_PREFIX}{turn.turn_id}")])


def growing(latest: Latest, buttons: Keyboard, head: FormattedText = NOTHING, *, gap: str = "\n") -> Part:
    """A message that an answer grows in, below what stands above it."""
    room = MAX_TEXT_UTF16 - len(GROWING) - utf16_length(head.text + gap)
    text = head.followed_by(latest(room), gap=gap)
    return Part(text=text.text + GROWING, entities=to_dicts(text.entities), keyboard=buttons)
