from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Style:
    """How the asker likes to be answered, and who it is among several. The text service is told so as it is.

    `role` and `answer_length` are the numbers of its contract.
    """

    role: int = 0
    answer_length: int = 0
    wishes: str = ""
    speaker_name: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What someone wants to know of documents. An empty `question` asks for a summary."""

    turn_id: str
    run_id: str
    conversation_id: str
    user_id: int
    chat_id: int
    language: str
    document_ids: tuple[str, ...]
    question: str
    model: str
    goes_on: bool = False
    """Whether the turn's answer is to be gone on with, instead of a new one."""
    style: Style = Style()
    user_key: int = 0
    """What usage events know the user by."""


@dataclass(frozen=True, slots=True)
class Material:
    """Text of a document. It is data: it goes nowhere else. The title begins with the mark of its page."""

    title: str
    text: str


class Task(StrEnum):
    """What is to be made of materials."""

    ANSWER = "answer"
    SUMMARISE = "summarise"


class DigestKind(StrEnum):
    """What is made of materials on the way."""

    NOTES = "notes"
    QUESTIONS = "questions"


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used at the vendor. `estimated`: also where several models had a part in it."""

    provider: str = ""
    model: str = ""
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    estimated: bool = False
    cost_micros: int | None = None
    """Millionths of a US dollar; None where one of the prices is not known."""

    def plus(self, others: Sequence["Usage"]) -> "Usage":
        """Add what was used on the way."""
        whole = self
        for other in others:
            is_same = (other.provider, other.model) == (self.provider, self.model)
            whole = replace(
                whole,
                input_tokens=whole.input_tokens + other.input_tokens,
                cached_input_tokens=whole.cached_input_tokens + other.cached_input_tokens,
                output_tokens=whole.output_tokens + other.output_tokens,
                reasoning_tokens=whole.reasoning_tokens + other.reasoning_tokens,
                cost_micros=_sum(whole.cost_micros, other.cost_micros),
                estimated=whole.estimated or other.estimated or not is_same,
            )
        return whole


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True, slots=True)
class Replied:
    """How an answer ended."""

    usage: Usage
    is_truncated: bool = False
    failed_over: bool = False


class Writer(Protocol):
    """Has a model write. Methods raise QuartetError."""

    def reply(
        self, inquiry: Inquiry, task: Task, materials: Sequence[Material]
    ) -> AsyncGenerator[str | Replied]:
        """Yield the answer's deltas, then how it ended. Closing it cancels the vendor's stream."""
        ...

    async def digest(
        self, inquiry: Inquiry, kind: DigestKind, materials: Sequence[Material]
    ) -> tuple[str, Usage]: ...
