import time
from typing import Final

from services.chassis.errors import InvalidRequest, ResourceNotFound, Violation
from services.gateway.broadcasts.order import Audience, Order
from services.gateway.feedback.letter import Letter, Reply, State, reply_delivery_id
from services.gateway.feedback.mailbox import Mailbox
from services.gateway.feedback.reception import Post
from services.gateway.rendering import utf16_length
from services.gateway.wording import Wording

MAX_REPLIES: Final = 10
MAX_REPLY_UTF16: Final = 3500


class Correspondence:
    """What the team does with letters. Raises ResourceNotFound, ServiceUnavailable."""

    def __init__(self, mailbox: Mailbox, post: Post, wording: Wording) -> None:
        self._mailbox = mailbox
        self._post = post
        self._wording = wording

    async def reply(self, letter_id: str, text: str, actor_id: int) -> None:
        """Have the bot say it where the letter was written; once, however often the same is said.

        Raises InvalidRequest where it is empty or too long.
        """
        text = text.strip()
        if not 0 < utf16_length(text) <= MAX_REPLY_UTF16:
            rule = f"must be 1 to {MAX_REPLY_UTF16} UTF-16 units"
            raise InvalidRequest(violations=[Violation("text", rule)])
        letter = await self._found(letter_id)
        order = self._order(letter, text)
        # It is ordered before it is noted: whoever dies in between leaves the letter open, and who then
        # says the same again orders nothing new.
        await self._post.order(reply_delivery_id(letter_id, text), order)
        reply = Reply(text=text, actor_id=actor_id, written_at=time.time())

        def answered(known: Letter | None) -> Letter:
            kept = _kept(known)
            is_noted = any(one.text == text for one in kept.replies)
            replies = kept.replies if is_noted else (*kept.replies, reply)[-MAX_REPLIES:]
            return kept.model_copy(update={"state": State.ANSWERED, "replies": replies})

        await self._mailbox.change(letter_id, answered)

    async def close(self, letter_id: str) -> None:
        await self._mailbox.change(
            letter_id, lambda known: _kept(known).model_copy(update={"state": State.CLOSED})
        )

    def _order(self, letter: Letter, text: str) -> Order:
        """As a reply to what it answers: in a group, or after weeks, nobody would know else.

        The order keeps none of the person's words: those stay where they can be forgotten.
        """
        head = f"{self._wording.say('feedback-reply', letter.language)}\n"
        pressed = letter.reason if not letter.message_id else None
        if pressed is not None:
            head += f"«{self._wording.say('feedback-reason-button', letter.language, reason=pressed)}»\n"
        return Order(
            markdown=f"{head}\n{text}",
            is_plain=True,
            audience=Audience(chat_id=letter.chat_id),
            reply_to_message_id=letter.message_id,
        )

    async def _found(self, letter_id: str) -> Letter:
        return _kept(await self._mailbox.find(letter_id))


def _kept(letter: Letter | None) -> Letter:
    if letter is None:
        raise ResourceNotFound("there is no such letter", metadata={"resource": "letter"})
    return letter
