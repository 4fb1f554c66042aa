from collections.abc import Awaitable

from services.gateway.delivery.live import DraftView, InlineView, PlaceholderView, View, stop_keyboard
from services.gateway.delivery.live_reading import ReadingView
from services.gateway.delivery.placeholder import Placeholder
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.documents.opening import Opening
from services.gateway.documents.sources import NO_CARD
from services.gateway.rendering import FormattedText
from services.gateway.wording import Wording


class Views:
    """Chooses how an answer is shown while it grows."""

    def __init__(self, scheduler: Scheduler, replies: Replies, wording: Wording, *, has_drafts: bool) -> None:
        self._scheduler = scheduler
        self._replies = replies
        self._wording = wording
        self._has_drafts = has_drafts

    def uses_drafts(self, turn: Turn, opening: Opening | None = None) -> bool:
        """Drafts exist in private chats only; a turn that has a placeholder already keeps it.

        One with an opening has its placeholder for that.
        """
        has_placeholder = turn.record is not None and turn.record.placeholder_message_id is not None
        is_between_the_two = turn.is_private and not turn.inline_message_id and not turn.replaces
        return self._has_drafts and is_between_the_two and (opening is not None or not has_placeholder)

    def open(
        self,
        turn: Turn,
        reserved: Awaitable[None],
        *,
        opening: Opening | None = None,
        card: FormattedText = NO_CARD,
    ) -> View:
        """The view of an answer, below its opening or a card where there is one."""
        drafts = DraftView(turn, self._scheduler) if self.uses_drafts(turn, opening) else None
        placeholder = Placeholder(turn, self._replies, reserved)
        stop_text = self._wording.say("stop-button", turn.language)
        if opening is not None:
            stop = stop_keyboard(turn, self._wording.say("cancel-button", turn.language))
            return ReadingView(
                turn, self._scheduler, placeholder, opening, stop, self._wording, drafts=drafts
            )
        if drafts is not None:
            return drafts
        if turn.inline_message_id:
            return InlineView(turn, self._replies, stop_text)
        return PlaceholderView(turn, self._scheduler, placeholder, stop_text, card)
