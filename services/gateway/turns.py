from contextlib import aclosing
from enum import StrEnum
from typing import Any, Final, Literal

import structlog
from nats.js import JetStreamContext
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import BaseModel, ConfigDict, Field
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from services.chassis.backoff import Backoff
from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import entries, is_conflict
from services.gateway.bookkeeping.receipt import Receipt
from services.gateway.documents.sources import Sources
from services.gateway.lease import NATS_ERRORS, LeaseLost, Tenure
from services.gateway.wording import Language

log = structlog.get_logger()

BUCKET: Final = "turns"


class PartState(StrEnum):
    PENDING = "pending"
    INTENDED = "intended"
    """About to be sent: whether Telegram has it is not known until the state moves on."""
    SENT = "sent"


class TurnState(StrEnum):
    RESERVED = "reserved"
    """Begun; nothing that cannot be repeated has been sent, but perhaps a placeholder."""
    SENDING = "sending"
    """The answer is final, its parts are on their way."""
    SENT = "sent"


class StatsPeriod(StrEnum):
    """How far back figures look."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class File(BaseModel):
    """A text as a file."""

    model_config = ConfigDict(frozen=True)

    name: str
    content: str


class PictureRef(BaseModel):
    """A picture that the image service keeps: its content is fetched when it is sent."""

    model_config = ConfigDict(frozen=True)

    picture_id: str
    is_file: bool = False
    """The original, as a file that nobody compresses; else as a picture to look at."""


class PageRef(BaseModel):
    """A page of a document that the document service keeps: it is drawn when it is sent."""

    model_config = ConfigDict(frozen=True)

    document_id: str
    page_number: int
    passage: str = ""
    """What to mark on it."""
    is_file: bool = False


class VideoRef(BaseModel):
    """A video that the video service keeps: its content is fetched when it is sent."""

    model_config = ConfigDict(frozen=True)

    job_id: str
    is_file: bool = False
    """The original, as a file; else as a video that plays in place."""


class BoardRef(BaseModel):
    """Charts for an admin: they are drawn by the admin service when they are sent."""

    model_config = ConfigDict(frozen=True)

    period: StatsPeriod
    is_file: bool = False


class DossierRef(BaseModel):
    """All that is kept of a person, as a file: it is put together when it is sent."""

    model_config = ConfigDict(frozen=True)

    user_id: int
    is_file: Literal[True] = True


class Waiting(BaseModel):
    """Who waits for what a turn has ordered, and where, for whoever brings the turn to its end."""

    model_config = ConfigDict(frozen=True)

    user_id: int
    language: Language
    reply_to_message_id: int | None = None
    received_at: float = 0.0
    """Unix seconds."""
    chat_type: str = "private"
    is_in_focus_group: bool = False


class Part(BaseModel):
    """One message of an answer, as the Bot API will get it.

    It is formatted text, unless it has one of `rich`, `file`, `speech` and `picture`; the `text` of the last
    three is a caption.
    """

    model_config = ConfigDict(frozen=True)

    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    keyboard: dict[str, Any] | None = None
    rich: dict[str, Any] | None = None
    """https://core.telegram.org/bots/api#inputrichmessage"""
    instead: tuple["Part", ...] = ()
    """The same in plain messages, for those whose Telegram cannot show the rich one."""
    file: File | None = None
    picture: PictureRef | PageRef | VideoRef | BoardRef | DossierRef | None = None
    speech: str = ""
    """Text to be spoken in a voice message. The sound is made when it is sent: it would not fit in here."""
    reply_to_message_id: int | None = None
    state: PartState = PartState.PENDING
    message_id: int | None = None
    """Set before the send where the part is an edit; else by the send."""
    is_edit: bool = False

    @property
    def is_text(self) -> bool:
        """Whether its message is one of text: an edit can give it another."""
        return self.fits_text and self.picture is None

    @property
    def fits_text(self) -> bool:
        """Whether a text message can become this part by an edit. What has become a picture stays one."""
        return self.file is None and not self.speech


class TurnRecord(BaseModel):
    """What became of one update. It is the outbox: an answer is sent from here and from nowhere else."""

    model_config = ConfigDict(frozen=True)

    state: TurnState
    chat_id: int
    thread_id: int = 0
    run_count: int = 1
    placeholder: PartState = PartState.PENDING
    placeholder_message_id: int | None = None
    parts: tuple[Part, ...] = Field(default=())
    undeliverable: str = ""
    """Why Telegram will never take the answer, the user having blocked the bot for instance."""
    markdown: str = ""
    """The answer as the model wrote it."""
    replaces: tuple[int, ...] = ()
    """The text messages of a former answer, which become this one's; those left over are deleted."""
    removes: tuple[int, ...] = ()
    """Other messages of a former answer, such as files: they are deleted."""
    superseded_by: str = ""
    """The turn whose answer took the place of this one's and of its continuations."""
    continued_by: str = ""
    """The turn whose answer goes on from this one's."""
    question: tuple[dict[str, Any], ...] = ()
    """The updates that asked, kept where the answer failed and can be tried again."""
    sources: Sources | None = None
    """What the answer was made from, where that was documents."""
    receipt: Receipt | None = None
    """What is counted of it, where it was a request."""
    waiting: Waiting | None = None
    """Set where the update has been settled, and the answer comes with an event."""

    @property
    def has_picture(self) -> bool:
        return any(part.picture is not None for part in self.parts)

    @property
    def next_part(self) -> int | None:
        """The first part that is not known to have been sent."""
        return next((i for i, part in enumerate(self.parts) if part.state is not PartState.SENT), None)

    def with_plain_part(self, index: int) -> "TurnRecord":
        """The record with a rich part's plain ones in its place, the first of them about to be sent."""
        rich = self.parts[index]
        first, *others = rich.instead
        takes_over = rich.model_dump(include={"state", "is_edit", "message_id", "reply_to_message_id"})
        plain = [first.model_copy(update=takes_over), *others]
        plain[-1] = plain[-1].model_copy(update={"keyboard": rich.keyboard})
        return self.model_copy(update={"parts": (*self.parts[:index], *plain, *self.parts[index + 1 :])})


class TurnLog:
    """The turn records in a KV bucket. A write is a compare-and-swap, so a former holder cannot write.

    Raises ServiceUnavailable when the bucket cannot be reached for a while, and LeaseLost when another
    holder has written since.
    """

    def __init__(self, js: JetStreamContext, bucket: KeyValue) -> None:
        self._js = js
        self._bucket = bucket

    @retry(
        retry=retry_if_exception_type(ServiceUnavailable),
        wait=wait_random_exponential(multiplier=0.1, max=1.0),
        stop=stop_after_delay(10),
        reraise=True,
    )
    async def find(self, turn_id: str) -> tuple[TurnRecord, int] | None:
        try:
            entry = await self._bucket.get(turn_id)
        except KeyNotFoundError:
            return None
        except NATS_ERRORS as error:
            raise ServiceUnavailable("turn record cannot be read") from error
        return TurnRecord.model_validate_json(entry.value or b""), entry.revision or 0

    async def write(self, turn_id: str, record: TurnRecord, *, revision: int, tenure: Tenure) -> int:
        """Stores `record` over `revision` (0: there is none yet) and returns the new revision."""
        value = record.model_dump_json(exclude_defaults=True).encode()
        backoff = Backoff(0.1, longest_seconds=1.0)
        while True:
            tenure.check()
            try:
                return await self._bucket.update(turn_id, value, last=revision)
            except NATS_ERRORS as error:
                written = await self._revision_of(turn_id, value)
                if written is not None:
                    return written
                if is_conflict(error):
                    raise LeaseLost from error
                log.warning("turn_write_failed", turn_id=turn_id, error=str(error) or type(error).__name__)
            await backoff.pause()

    async def strip(self, chat_id: int, *, keep: str, tenure: Tenure) -> None:
        """Empty a chat's records of all but that they were answered; `keep` is still needed.

        Raises ServiceUnavailable and LeaseLost.
        """
        mark = f'"chat_id":{chat_id}'.encode()
        try:
            async with aclosing(entries(self._js, BUCKET)) as listed:
                found = [entry async for entry in listed if mark in entry.value and entry.key != keep]
        except NATS_ERRORS as error:
            raise ServiceUnavailable("turn records cannot be read") from error
        for entry in found:
            record = TurnRecord.model_validate_json(entry.value)
            # What is on its way is brought to its end first, by its own update.
            if record.chat_id == chat_id and record.state is TurnState.SENT:
                bare = TurnRecord(state=TurnState.SENT, chat_id=chat_id, thread_id=record.thread_id)
                if record != bare:
                    await self.write(entry.key, bare, revision=entry.revision, tenure=tenure)

    async def _revision_of(self, turn_id: str, value: bytes) -> int | None:
        """The revision at which exactly `value` stands: the write came through, only its answer was lost."""
        try:
            entry = await self._bucket.get(turn_id)
        except NATS_ERRORS:
            return None
        return entry.revision if entry.value == value else None
