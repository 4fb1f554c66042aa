import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from services.chassis.errors import InvalidRequest, Violation
from services.providers.base import Capabilities
from services.text.conversation import Material
from services.text.prompts import Style
from services.text.providers.base import Image
from services.text.settings import TextSettings

# What the store takes as a key and logs take as one word.
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
MAX_IDENTIFIER_CHARACTERS: Final = 128
# Telegram's longest first and last names together stay below.
MAX_SPEAKER_CHARACTERS: Final = 256


class RunKind(StrEnum):
    """What a run does to its turn: answer a question, answer it once more, or go on with the answer."""

    ANSWER = "answer"
    REGENERATE = "regenerate"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Question:
    """One turn that a user wants answered. `model` is empty for those who chose none."""

    turn_id: str
    conversation_id: str
    instruction: str = ""
    run_id: str = ""
    run_kind: RunKind = RunKind.ANSWER
    materials: tuple[Material, ...] = ()
    images: tuple[Image, ...] = ()
    model: str = ""
    style: Style = field(default_factory=Style)
    speaker: str = ""
    user_id: int = 0
    user_key: int = 0
    """What usage events know the user by."""
    is_in_focus_group: bool = False
    """Whether they get what is new first."""

    @property
    def run(self) -> str:
        """The id of this attempt to answer."""
        return self.run_id or self.turn_id


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one question may hold."""

    max_instruction_characters: int
    max_material_characters: int
    max_wishes_characters: int
    max_image_bytes: int
    image_mime_types: frozenset[str]

    @classmethod
    def of(cls, settings: TextSettings, capabilities: Capabilities) -> Self:
        return cls(
            settings.text_max_instruction_characters,
            settings.text_max_material_characters,
            settings.text_max_wishes_characters,
            settings.text_max_image_bytes,
            capabilities.image_mime_types,
        )

    def check(self, question: Question) -> None:
        """Raise InvalidRequest that names every field that is wrong."""
        violations = [
            *_identifier_violations("turn_id", question.turn_id),
            *(_identifier_violations("run_id", question.run_id) if question.run_id else ()),
            *_identifier_violations("conversation_id", question.conversation_id),
            *self._style_violations(question),
            *self._content_violations(question),
        ]
        if violations:
            raise InvalidRequest(violations=violations)

    def _style_violations(self, question: Question) -> Iterator[Violation]:
        if len(question.style.wishes) > self.max_wishes_characters:
            yield Violation("wishes", f"have over {self.max_wishes_characters} characters")
        if len(question.speaker) > MAX_SPEAKER_CHARACTERS:
            yield Violation("speaker_name", f"has over {MAX_SPEAKER_CHARACTERS} characters")

    def _content_violations(self, question: Question) -> Iterator[Violation]:
        is_empty = not question.instruction.strip() and not question.materials and not question.images
        if is_empty and question.run_kind is RunKind.ANSWER:
            yield Violation("instruction", "must not be empty")
        if len(question.instruction) > self.max_instruction_characters:
            yield Violation("instruction", f"has over {self.max_instruction_characters} characters")
        if sum(len(m.title) + len(m.text) for m in question.materials) > self.max_material_characters:
            yield Violation("materials", f"have over {self.max_material_characters} characters")
        if sum(len(image.content) for image in question.images) > self.max_image_bytes:
            yield Violation("attachments", f"have over {self.max_image_bytes} bytes")
        for index, image in enumerate(question.images):
            if image.mime_type not in self.image_mime_types:
                yield Violation(f"attachments[{index}].mime_type", "is not one that the model can look at")
            elif not image.content:
                yield Violation(f"attachments[{index}].content", "must be inline")


def require_identifiers(**values: str) -> None:
    """Raise InvalidRequest that names every field whose value is no identifier."""
    violations = [each for name, value in values.items() for each in _identifier_violations(name, value)]
    if violations:
        raise InvalidRequest(violations=violations)


def _identifier_violations(name: str, value: str) -> Iterator[Violation]:
    if len(value) > MAX_IDENTIFIER_CHARACTERS or not IDENTIFIER.fullmatch(value):
        yield Violation(
            name,
            f"must be 1 to {MAX_IDENTIFIER_CHARACTERS} letters, digits, `-` and `_`, with single `.` between",
        )
