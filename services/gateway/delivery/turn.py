from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from services.chassis.telemetry import tracing
from services.gateway.bookkeeping.receipt import Receipt
from services.gateway.lanes import Leave
from services.gateway.lease import Tenure
from services.gateway.people import Preferences
from services.gateway.quotas.measures import Measure
from services.gateway.turns import TurnRecord
from services.gateway.updates import RawUpdate
from services.gateway.wording import Language


class Purpose(Enum):
    """What a turn does to an answer that stands already."""

    ANSWER = auto()
    """There is none yet."""
    EDIT = auto()
    """The question was changed: the answer to it takes the place of the former one."""
    RETRY = auto()
    """The answer had failed: another attempt takes the place of the apology."""
    REGENERATE = auto()
    """Another answer takes its place."""
    CONTINUE = auto()
    """More is added to it."""


Spend = Callable[["Turn", Measure, int], None]
Secure = Callable[["Turn"], Awaitable[None]]


async def _nothing_is_reserved(_turn: "Turn") -> None:
    """Of a turn that spends nothing."""


@dataclass(eq=False)
class Turn:
    """One update in the hands of the speaker, and what has been recorded of its answer."""

    turn_id: str
    """Of the update; a run of the text service bears it as its id."""
    chat_id: int
    thread_id: int
    user_id: int
    language: Language
    is_private: bool
    reply_to_message_id: int | None
    draft_id: int
    received_at: float
    """Unix seconds."""
    tenure: Tenure
    preferences: Preferences = field(default_factory=Preferences)
    purpose: Purpose = Purpose.ANSWER
    subject_id: str = ""
    """The turn whose question is answered, where it is another: an edit, a button under an answer."""
    updates: tuple[RawUpdate, ...] = ()
    """What asked: one update, or the several that an album or a long paste came in."""
    replaces: tuple[int, ...] = ()
    """The text messages of a former answer, which become this turn's."""
    removes: tuple[int, ...] = ()
    """Other messages of a former answer."""
    inline_message_id: str = ""
    """Of the message in another chat that becomes the answer: https://core.telegram.org/bots/inline."""
    transcript: str = ""
    """What of the question the chat does not show in words: what was spoken, what a button asked."""
    is_spoken: bool = False
    """Whether the question was spoken."""
    password: str = field(default="", repr=False)
    """Of the document that it tries again to read: just sent, and kept nowhere."""
    chat_type: str = "private"
    """As Telegram calls it; "inline" in the chats of others."""
    user_key: int = 0
    chat_key: int = 0
    """What usage events know them by."""
    is_in_focus_group: bool = False
    """Whether who asks gets what is new first."""
    begun_at: float = 0.0
    """Unix seconds; when it was taken up."""
    receipt: Receipt | None = None
    """What is counted of it, once it turns out to be a request."""
    leave_lane: Leave = lambda: None
    """Lets what comes after this turn begin before it has ended."""
    spend: Spend = lambda _turn, _measure, _count: None
    """Reserves what it is about to cost, once however often it is run. Raises QuotaExceeded."""
    secure: Secure = _nothing_is_reserved
    """Keeps what it has reserved, whoever dies: before anything that is not done again. Raises LeaseLost."""
    record: TurnRecord | None = None
    revision: int = 0
    """Of the record in the log; 0: there is none."""

    @property
    def question_id(self) -> str:
        """The turn of the text service: the message that asked."""
        return self.subject_id or self.turn_id

    def count_as(self, service: str, command: str) -> Receipt:
        """It is a request: what is counted of it from now on."""
        self.receipt = Receipt(
            service=service,
            command=command,
            chat_type=self.chat_type,
            language_code=self.language.value,
            user_key=self.user_key,
            chat_key=self.chat_key,
            accepted_at=self.received_at,
            begun_at=self.begun_at,
            is_in_focus_group=self.is_in_focus_group,
            trace_id=tracing.trace_id(),
        )
        return self.receipt
