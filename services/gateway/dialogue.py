from dataclasses import dataclass, field
from enum import Enum, auto

from services.gateway.people import Preferences


class RunKind(Enum):
    """What a run does to the turn it answers."""

    ANSWER = auto()
    REGENERATE = auto()
    CONTINUE = auto()


@dataclass(frozen=True)
class Attachment:
    """A file that goes along with a question or comes with an answer."""

    mime_type: str
    content: bytes = field(repr=False)
    filename: str = ""


@dataclass(frozen=True)
class Material:
    """What an instruction speaks about: data, not to be obeyed. The title says where it comes from."""

    title: str
    text: str


@dataclass(frozen=True)
class Speaker:
    """On whose behalf the text service is asked."""

    user_id: int
    chat_id: int
    language_code: str
    user_key: int = 0
    chat_key: int = 0
    """What usage events know them by."""
    is_in_focus_group: bool = False
    """Whether they get what is new first."""


class NothingAsked(Exception):
    """There is nothing to answer. The text, if any, says why; else a recording in which nobody spoke."""


@dataclass(frozen=True)
class Question:
    """One run of one turn, as the text service gets it."""

    turn_id: str
    conversation_id: str
    speaker: Speaker
    instruction: str = ""
    materials: tuple[Material, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    run_id: str = ""
    """The turn's id when empty."""
    run_kind: RunKind = RunKind.ANSWER
    preferences: Preferences = field(default_factory=Preferences)
    speaker_name: str = ""
    """Set where several people share the conversation."""


class Finish(Enum):
    """How an answer ended."""

    COMPLETE = auto()
    TOO_LONG = auto()
    STOPPED = auto()
    INTERRUPTED = auto()


@dataclass(frozen=True)
class Spent:
    """What an answer cost, at whom. Millionths of a US dollar; None where no price is known."""

    provider: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int | None = None


@dataclass(frozen=True)
class Answered:
    """The end of an answer. `model` is the one that gave it; `failed_over` when another one was asked."""

    finish: Finish
    model: str = ""
    failed_over: bool = False
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True)
class RememberedTurn:
    """A question and its answer, as they are remembered. `asked_at` is ISO 8601, or empty."""

    question: str
    answer: str
    asked_at: str
    materials: tuple[str, ...] = ()
    picture_count: int = 0


@dataclass(frozen=True)
class Remembered:
    """All that is remembered of a conversation."""

    conversation_id: str
    summary: str
    turns: tuple[RememberedTurn, ...]


@dataclass(frozen=True)
class Memory:
    """How much of a conversation is remembered."""

    turn_count: int
    token_count: int
    summary: str
