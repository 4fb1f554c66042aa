from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from services.gateway.people.open_documents import MAX_OPEN, OpenDocuments
from services.gateway.wording import Language

MAX_UNNAMED_THREADS = 50
MAX_THREADS_WITH_DOCUMENTS = 20
AWAITING_SECONDS = 15 * 60


class Role(StrEnum):
    """Who the model is in a chat: the values of `quartet.text.v1.Role`."""

    ASSISTANT = "assistant"
    EDITOR = "editor"
    TRANSLATOR = "translator"
    TEACHER = "teacher"
    PROGRAMMER = "programmer"
    BRAINSTORMER = "brainstormer"
    LANGUAGE_PARTNER = "language_partner"


class AnswerLength(StrEnum):
    """How much a chat likes to read: the values of `quartet.text.v1.AnswerLength`."""

    SHORT = "short"
    NORMAL = "normal"
    DETAILED = "detailed"


class VoiceAnswers(StrEnum):
    """When an answer is also spoken."""

    NEVER = "never"
    TO_VOICE = "to_voice"
    """Where the question was spoken."""
    ALWAYS = "always"


class Awaited(StrEnum):
    """What the next message of a person is, when it is not a question."""

    WISHES = "wishes"
    PICTURE_PROMPT = "picture_prompt"
    """What to draw."""
    PICTURE_EDIT = "picture_edit"
    """Words that say what to change in a picture."""
    DOCUMENT_KEY = "document_key"
    """The password of a document."""
    DOCUMENT_TITLE = "document_title"
    VIDEO_PROMPT = "video_prompt"
    """What to film."""
    FEEDBACK = "feedback"
    """What they have to say of the bot."""
    ADMIN_PERSON = "admin_person"
    """An admin's: the id of whom it is about."""
    ADMIN_REPLY = "admin_reply"
    """An operator's: what to answer to a letter, whose id is the subject."""
    ADMIN_BROADCAST = "admin_broadcast"
    """An operator's: the message that is to go to many."""


class Awaiting(BaseModel):
    """A dialogue that waits for a person's next message, for a while."""

    model_config = ConfigDict(frozen=True)

    what: Awaited
    user_id: int
    thread_id: int = 0
    since: float
    """Unix seconds. What was sent before is not meant."""
    subject: str = ""
    """What the message will be about: of a change, the series and the number of a picture, with a colon; of a
    password, the turn that wants it; of a title, the id of a document; of an operator's
    answer, the id of a letter."""
    answered_by: str = ""
    """The turn that brought the message: should it be handled again, it is the one still."""

    def is_met_by(self, turn_id: str, thread_id: int, received_at: float) -> bool:
        """Whether a message that came in then may be the one."""
        if self.answered_by:
            return self.answered_by == turn_id
        return thread_id == self.thread_id and 0 <= received_at - self.since <= AWAITING_SECONDS


class Preferences(BaseModel):
    """How a chat wishes to be answered. In a group they are the group's, in a private chat the person's."""

    model_config = ConfigDict(frozen=True)

    language: Language | None = None
    """None: that of the person's Telegram."""
    role: Role = Role.ASSISTANT
    model: str = ""
    """Empty: the default one."""
    wishes: str = ""
    answer_length: AnswerLength = AnswerLength.NORMAL
    voice_answers: VoiceAnswers = VoiceAnswers.NEVER
    prefers_plain: bool = False
    """Their Telegram does not show rich messages, or they do not like them."""
    picture_style: str = ""
    """A value of `pictures.Style`; empty: none."""
    picture_ratio: str = ""
    """A value of `pictures.AspectRatio`; empty: none."""
    video_model: str = ""
    """Empty: the default one."""
    video_seconds: int = 0
    """Zero: the model's default."""
    video_ratio: str = ""
    """A value of `videos.AspectRatio`; empty: the model's default."""
    has_drawn: bool = False
    """Whether a picture has been drawn here: the first one comes with a hint."""
    awaiting: Awaiting | None = None
    unnamed_threads: tuple[int, ...] = ()
    """Threads that still bear the name that Telegram gave them, the newest last."""

    open_documents: dict[int, OpenDocuments] = {}
    """Of each thread in which one is asked about documents."""

    def documents_in(self, thread_id: int, now: float) -> tuple[str, ...]:
        """The documents that what is said in a thread is about; none: it is about anything."""
        found = self.open_documents.get(thread_id)
        return found.document_ids if found is not None and found.are_open(now) else ()

    def with_documents(self, thread_id: int, document_ids: Sequence[str], now: float) -> "Preferences":
        """What is said in the thread from now on is about these; about anything where there are none."""
        others = {known: found for known, found in self.open_documents.items() if known != thread_id}
        if document_ids:
            others[thread_id] = OpenDocuments(document_ids=tuple(document_ids)[:MAX_OPEN], since=now)
        newest = sorted(others.items(), key=lambda item: item[1].since)[-MAX_THREADS_WITH_DOCUMENTS:]
        return self.model_copy(update={"open_documents": dict(newest)})

    def without_document(self, document_id: str) -> "Preferences":
        """Nothing is about this document any more."""
        left = self
        for thread_id, found in self.open_documents.items():
            if document_id in found.document_ids:
                others = [known for known in found.document_ids if known != document_id]
                left = left.with_documents(thread_id, others, found.since)
        return left

    def with_unnamed_thread(self, thread_id: int) -> "Preferences":
        threads = (*(known for known in self.unnamed_threads if known != thread_id), thread_id)
        return self.model_copy(update={"unnamed_threads": threads[-MAX_UNNAMED_THREADS:]})

    def without_unnamed_thread(self, thread_id: int) -> "Preferences":
        threads = tuple(known for known in self.unnamed_threads if known != thread_id)
        return self.model_copy(update={"unnamed_threads": threads})
