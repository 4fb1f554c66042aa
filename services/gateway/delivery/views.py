from collections.abc import Awaitable

from services.gateway.delivery.live import DraftView, InlineView, PlaceholderView, View
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.wording import Wording


class Views:
    """Chooses how an answer is shown while it grows."""

    def __init__(self, scheduler: Scheduler, replies: Replies, wording: Wording, *, has_drafts: bool) -> None:
        self._scheduler = scheduler
        self._replies = replies
        self._wording = wording
        self._has_drafts = has_drafts

    def uses_drafts(self, turn: Turn) -> bool:
        """Drafts exist in private chats only; a turn that has a placeholder already keeps it."""
        has_placeholder = turn.record is not None and turn.record.placeholder_message_id is not None
        is_between_the_two = turn.is_private and not turn.inline_message_id and not turn.replaces
        return self._has_drafts and is_between_the_two and not has_placeholder

    def open(self, turn: Turn, reserved: Awaitable[None]) -> View:
        if self.uses_drafts(turn):
            return DraftView(turn, self._scheduler)
        stop_text = self._wording.say("stop-button", turn.language)
        if turn.inline_message_id:
            return InlineView(turn, self._replies, stop_text)
        return PlaceholderView(turn, self._scheduler, self._replies, reserved, stop_text)
