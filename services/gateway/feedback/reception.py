import time
from collections.abc import Iterable
from enum import Enum, auto
from typing import Final, Protocol

from services.gateway.bookkeeping.receipt import Receipt
from services.gateway.broadcasts.order import Audience, Order
from services.gateway.delivery.turn import Turn
from services.gateway.feedback.letter import Letter, Reason, digest_of, letter_id
from services.gateway.feedback.mailbox import Mailbox
from services.gateway.people import Preferences
from services.gateway.wording import Language, Wording

MAX_LETTERS_A_DAY: Final = 10
DAY_SECONDS: Final = 86_400.0


class Post(Protocol):
    async def order(self, delivery_id: str, order: Order) -> None:
        """Have it delivered; once, however often it is ordered. Raises ServiceUnavailable."""
        ...


class Chats(Protocol):
    async def of(self, chat_id: int) -> Preferences: ...


class Taken(Enum):
    """What has become of what a person said."""

    KEPT = auto()
    TOO_MANY = auto()
    """They have written enough for today."""


class Reception:
    """Takes what people say, and tells operators of each new letter, once. Raises ServiceUnavailable."""

    def __init__(
        self, mailbox: Mailbox, post: Post, chats: Chats, wording: Wording, operator_ids: Iterable[int]
    ) -> None:
        self._mailbox = mailbox
        self._post = post
        self._chats = chats
        self._wording = wording
        self._operator_ids = tuple(operator_ids)

    async def rated(self, turn: Turn, answer_id: str, receipt: Receipt, thumb: int) -> bool:
        """Keep what an answer was worth. True where it is to be asked what was wrong with it."""
        name = letter_id(turn.user_id, answer_id)
        if thumb > 0 and await self._mailbox.find(name) is None:
            return False

        def rate(letter: Letter | None) -> Letter:
            begun = letter or _blank(turn).model_copy(
                update={
                    "service": receipt.service,
                    "command": receipt.command,
                    "provider": receipt.provider,
                    "model": receipt.model,
                    "asked_by": turn.turn_id,
                }
            )
            return begun.model_copy(update={"thumb": thumb})

        letter = await self._mailbox.change(name, rate)
        return thumb < 0 and letter.asked_by == turn.turn_id

    async def explained(self, turn: Turn, digest: str, reason: Reason) -> bool:
        """Keep a press that says what was wrong. False where the letter is no longer kept."""
        name = f"{turn.user_id}-{digest}"
        if await self._mailbox.find(name) is None:
            return False

        def explain(letter: Letter | None) -> Letter:
            return (letter or _blank(turn)).model_copy(update={"reason": reason})

        await self._mailbox.change(name, explain)
        await self._tell_operators(name)
        return True

    async def said(self, turn: Turn, message_turn_id: str, words: str, *, digest: str = "") -> Taken:
        """Keep a person's own words: about an answer, or else about the bot."""
        name = f"{turn.user_id}-{digest or digest_of(message_turn_id)}"
        known = await self._mailbox.find(name)
        if (known is None or not known.notes) and await self._has_said_enough(turn.user_id):
            return Taken.TOO_MANY

        def note(letter: Letter | None) -> Letter:
            return (letter or _blank(turn)).with_note(message_turn_id, words)

        await self._mailbox.change(name, note)
        await self._tell_operators(name)
        return Taken.KEPT

    async def _has_said_enough(self, user_id: int) -> bool:
        letters = (await self._mailbox.all(user_id=user_id)).values()
        today = [one for one in letters if one.notes and one.written_at > time.time() - DAY_SECONDS]
        return len(today) >= MAX_LETTERS_A_DAY

    async def _tell_operators(self, name: str) -> None:
        """That there is a letter, not what is in it: words stay where they can be forgotten."""
        for operator_id in self._operator_ids:
            language = (await self._chats.of(operator_id)).language or Language.RU
            text = self._wording.say("feedback-came", language)
            order = Order(markdown=text, audience=Audience(chat_id=operator_id), is_plain=True)
            await self._post.order(f"letter-{digest_of(name)}-{operator_id}", order)


def _blank(turn: Turn) -> Letter:
    return Letter(
        user_id=turn.user_id, chat_id=turn.chat_id, language=turn.language, written_at=turn.received_at
    )
