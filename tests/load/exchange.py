import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from services.gateway.rendering import render
from services.gateway.wording import Language, Wording
from services.sandbox.vendor import answers
from services.sandbox.vendor.questions import Message, Question

MODEL: Final = "gpt-6-luna"
INTERRUPTED: Final = Wording.load().say("interrupted-notice", Language.RU)
SENT_AGAIN: Final = Wording.load().say("answer-resent", Language.RU)


@dataclass(eq=False)
class Exchange:
    """A question and what its user has seen of the answer. Moments are of the monotonic clock, in seconds."""

    user_id: int
    chat_id: int
    """The user's own id in private."""
    question: str
    expected: str
    sent_at: float = 0.0
    shown_at: list[float] = field(default_factory=list)
    """When the user saw some text of an answer: the first, and each change of it."""
    final_text_at: float | None = None
    """When the messages shown first held the whole answer."""
    messages: dict[int, str] = field(default_factory=dict)
    """The texts of the bot's messages, as they stand now."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the answer is whole, or says of itself that it was cut off."""

    def see_text(self, at: float, text: str) -> None:
        if text:
            self.shown_at.append(at)

    def see_message(self, at: float, message_id: int, text: str) -> None:
        self.messages[message_id] = text
        if self.final_text_at is None and self.times_shown:
            self.final_text_at = at
            self.over.set()
        elif self.is_interrupted:
            self.over.set()

    def lose_messages(self, message_ids: Iterable[int]) -> None:
        for message_id in message_ids:
            self.messages.pop(message_id, None)

    @property
    def times_shown(self) -> int:
        """How often the whole answer stands in the chat: once, if all is well."""
        return normalised(" ".join(self.messages.values())).count(self.expected)

    @property
    def is_interrupted(self) -> bool:
        """Whether part of the answer stands in the chat and says that the rest is missing."""
        # What was about to become bold has no end yet and stands as it was written.
        said = [text.replace(INTERRUPTED, "").replace("*", "") for text in self.messages.values()]
        is_told = any(INTERRUPTED in text for text in self.messages.values())
        return is_told and self.expected.startswith(normalised(" ".join(said)))

    @property
    def is_marked_as_sent_again(self) -> bool:
        """Whether the bot says that the answer may have come twice: it was cut between send and record."""
        return any(text.startswith(SENT_AGAIN) for text in self.messages.values())

    @property
    def first_text_seconds(self) -> float | None:
        return self.shown_at[0] - self.sent_at if self.shown_at else None

    @property
    def final_text_seconds(self) -> float | None:
        return None if self.final_text_at is None else self.final_text_at - self.sent_at


def expected_answer(question: str, token_count: int) -> str:
    """The text of the message that a user should end up with, by the code that makes and renders it."""
    asked = Question(MODEL, [Message("user", [question])], is_stream=True, wants_usage=True, max_tokens=None)
    markdown = "".join(answers.to_length(answers.compose(asked), token_count))
    return normalised(render(markdown).text)


def normalised(text: str) -> str:
    """The same whether a cut between two messages took white space away or not."""
    return " ".join(text.split())
