from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from services.gateway.rendering import Entity

PACE: Final = 15
"""Messages a second, about half of what Telegram allows: the rest is for answers."""


class ChatKind(StrEnum):
    ANY = "any"
    PRIVATE = "private"
    GROUP = "group"


class Audience(BaseModel):
    """Who is meant: the chats to which everything that is set applies."""

    model_config = ConfigDict(frozen=True)

    language_code: str = ""
    active_days: int = 0
    chat_kind: ChatKind = ChatKind.ANY
    user_keys: tuple[int, ...] = ()
    """The private chats of these users alone."""
    chat_id: int = 0
    """This chat alone; nothing else counts then."""


class Button(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str
    url: str


class Course(StrEnum):
    """What a delivery does now."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    RETRACTED = "retracted"


class Fate(StrEnum):
    """What has become of one recipient's message."""

    PENDING = "pending"
    INTENDED = "intended"
    """About to be sent: whether Telegram has it is not known until the fate moves on."""
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    """Had blocked the bot before, and was not heard of since."""
    DELETED = "deleted"


class Tally(BaseModel):
    """How many recipients had one fate for one reason."""

    model_config = ConfigDict(frozen=True)

    fate: Fate
    reason: str
    count: int


class Order(BaseModel):
    """A delivery: what goes to whom, when, how fast, and how it is steered."""

    model_config = ConfigDict(frozen=True)

    markdown: str
    is_plain: bool = False
    """Whether the text goes as it is, and no mark in it means anything."""
    entities: tuple[Entity, ...] = ()
    """The marking of such a text."""
    buttons: tuple[Button, ...] = ()
    picture: Base64Bytes = b""
    picture_file_id: str = ""
    """One that Telegram has already."""
    audience: Audience = Field(default_factory=Audience)
    reply_to_message_id: int = 0
    """Of the one chat that is meant: Telegram quotes it, as long as it is there; zero: it answers nothing."""
    messages_per_second: int = PACE
    not_before: float = 0.0
    """Unix seconds."""
    course: Course = Course.RUNNING
    is_addressed: bool = False
    """Whether the ledger has every recipient; nothing is sent before."""
    tallies: tuple[Tally, ...] = ()
    """What has become of all copies, once it is over."""


class Copy(BaseModel):
    """One recipient's."""

    model_config = ConfigDict(frozen=True)

    fate: Fate = Fate.PENDING
    reason: str = ""
    message_id: int = 0


def tallied(outcomes: Iterable[tuple[Fate, str]]) -> tuple[Tally, ...]:
    """Count fates with their reasons."""
    counted = sorted(Counter(outcomes).items())
    return tuple(Tally(fate=fate, reason=reason, count=count) for (fate, reason), count in counted)
