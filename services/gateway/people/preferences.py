from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from services.gateway.wording import Language

MAX_UNNAMED_THREADS = 50
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


class Awaiting(BaseModel):
    """A dialogue that waits for a person's next message, for a while."""

    model_config = ConfigDict(frozen=True)

    what: Awaited
    user_id: int
    thread_id: int = 0
    since: float
    """Unix seconds. What was sent before is not meant."""
    subject: str = ""
    """What the message will be about: of a change, the series and the number of a picture, with a colon."""
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
    has_drawn: bool = False
    """Whether a picture has been drawn here: the first one comes with a hint."""
    awaiting: Awaiting | None = None
    unnamed_threads: tuple[int, ...] = ()
    """Threads that still bear the name that Telegram gave them, the newest last."""

    def with_unnamed_thread(self, thread_id: int) -> "Preferences":
        threads = (*(known for known in self.unnamed_threads if known != thread_id), thread_id)
        return self.model_copy(update={"unnamed_threads": threads[-MAX_UNNAMED_THREADS:]})

    def without_unnamed_thread(self, thread_id: int) -> "Preferences":
        threads = tuple(known for known in self.unnamed_threads if known != thread_id)
        return self.model_copy(update={"unnamed_threads": threads})
