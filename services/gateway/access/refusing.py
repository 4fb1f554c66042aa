from aiogram.methods import AnswerCallbackQuery

from services.gateway.access.gate import Gate, Refusal
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.turn import Turn
from services.gateway.updates import RawUpdate
from services.gateway.wording import Wording

QUIET = (Refusal.BANNED, Refusal.FLOOD_GOES_ON)
GATED = ("message", "edited_message", "callback_query", "inline_query")


class Doorkeeper:
    """Lets in whom the gate lets in, and tells the others why not, where nobody else has to read it."""

    def __init__(self, gate: Gate, replies: Replies, wording: Wording) -> None:
        self._gate = gate
        self._replies = replies
        self._wording = wording

    def recognise(self, turn: Turn) -> None:
        """Note of a turn what operators have set of who asks."""
        turn.is_in_focus_group = self._gate.is_in_focus_group(turn.user_id, turn.chat_id)

    async def turns_away(self, turn: Turn, update: RawUpdate) -> bool:
        """Whether this update is not to be handled. Raises LeaseLost and ServiceUnavailable."""
        kind = next((each for each in GATED if each in update), "")
        if not kind or not turn.user_id or "migrate_to_chat_id" in update[kind]:
            return False
        refusal = self._gate.refuse(turn.user_id, turn.chat_id, turn.received_at)
        if refusal is None:
            return False
        if refusal not in QUIET:
            await self._tell(turn, kind, update, refusal)
        return True

    async def _tell(self, turn: Turn, kind: str, update: RawUpdate, refusal: Refusal) -> None:
        text = self._wording.say("not-answered", turn.language, why=refusal)
        if kind == "callback_query":
            pressed = AnswerCallbackQuery(callback_query_id=update[kind]["id"], text=text, show_alert=True)
            await self._replies.toast(turn, pressed)
        elif kind == "message" and turn.is_private:
            await self._replies.say(turn, text)
