import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from services.chassis.errors import InvalidRequest, Violation
from services.text.conversation import Material
from services.text.providers.base import Capabilities, Image
from services.text.settings import TextSettings

# What the store takes as a key and logs take as one word.
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
MAX_IDENTIFIER_CHARACTERS: Final = 128


@dataclass(frozen=True, slots=True)
class Question:
    """One turn that a user wants answered. `model` is empty for those who chose none."""

    turn_id: str
    conversation_id: str
    instruction: str
    materials: tuple[Material, ...] = ()
    images: tuple[Image, ...] = ()
    model: str = ""
    user_id: int = 0
    language_code: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one question may hold."""

    max_instruction_characters: int
    max_material_characters: int
    max_image_bytes: int
    image_mime_types: frozenset[str]

    @classmethod
    def of(cls, settings: TextSettings, capabilities: Capabilities) -> Self:
        return cls(
            settings.text_max_instruction_characters,
            settings.text_max_material_characters,
            settings.text_max_image_bytes,
            capabilities.image_mime_types,
        )

    def check(self, question: Question) -> None:
        """Raise InvalidRequest that names every field that is wrong."""
        violations = [
            *identifier_violations("turn_id", question.turn_id),
            *identifier_violations("conversation_id", question.conversation_id),
            *self._content_violations(question),
        ]
        if violations:
            raise InvalidRequest(violations=violations)

    def _content_violations(self, question: Question) -> Iterator[Violation]:
        if not question.instruction.strip() and not question.materials and not question.images:
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


def identifier_violations(field: str, value: str) -> Iterator[Violation]:
    if len(value) > MAX_IDENTIFIER_CHARACTERS or not IDENTIFIER.fullmatch(value):
        yield Violation(
            field,
            f"must be 1 to {MAX_IDENTIFIER_CHARACTERS} letters, digits, `-` and `_`, with single `.` between",
        )
