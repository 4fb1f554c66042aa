import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from services.chassis.errors import InvalidRequest, UnsupportedImage, Violation
from services.image.darkroom import Problem
from services.image.picture import Owner, Version
from services.image.providers.base import AspectRatio
from services.image.settings import ImageSettings
from services.image.styles import Style

# What the store takes as a key and logs take as one word.
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
MAX_IDENTIFIER_CHARACTERS: Final = 128


class Kind(StrEnum):
    """A picture from words alone, one anew from what a version was drawn from, or a changed picture."""

    NEW = "new"
    VARIATION = "variation"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Order:
    """One picture to be drawn. What is None is left to its kind. `pictures` are files to be changed."""

    picture_id: str
    owner: Owner
    kind: Kind
    prompt: str = ""
    style: Style | None = None
    aspect_ratio: AspectRatio | None = None
    version: Version | None = None
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    model: str = ""
    user_key: int = 0
    """What usage events know the user by."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one order may hold."""

    max_prompt_characters: int
    max_inputs: int
    max_input_bytes: int

    @classmethod
    def of(cls, settings: ImageSettings) -> Self:
        return cls(
            settings.image_max_prompt_characters, settings.image_max_inputs, settings.image_max_input_bytes
        )

    def check(self, order: Order) -> None:
        """Raise InvalidRequest that names every field that is wrong, or UnsupportedImage."""
        violations = [*self._violations(order)]
        if violations:
            raise InvalidRequest(violations=violations)
        if len(order.pictures) > self.max_inputs:
            raise unsupported(Problem.TOO_MANY, self.max_inputs)
        if sum(map(len, order.pictures)) > self.max_input_bytes:
            raise unsupported(Problem.TOO_LARGE, self.max_input_bytes)

    def _violations(self, order: Order) -> Iterator[Violation]:
        yield from identifier_violations("picture_id", order.picture_id)
        if order.version is not None:
            yield from version_violations(order.version)
        if len(order.prompt) > self.max_prompt_characters:
            yield Violation("prompt", f"has over {self.max_prompt_characters} characters")
        has_words = bool(order.prompt.strip())
        if order.kind is Kind.NEW and not has_words:
            yield Violation("prompt", "must not be empty")
        if order.kind is Kind.EDIT:
            if order.version is None and not order.pictures:
                yield Violation("source", "or pictures must be set")
            if not has_words and order.aspect_ratio is None and order.style in (None, Style.ANY):
                yield Violation("prompt", "must not be empty, unless another format or style is asked for")
        for index, content in enumerate(order.pictures):
            if not content:
                yield Violation(f"pictures[{index}].content", "must be inline")


def unsupported(problem: Problem, limit: int | None = None) -> UnsupportedImage:
    """Say what is wrong with a picture that was sent along."""
    metadata = {"problem": str(problem)}
    if limit is not None:
        metadata["limit"] = str(limit)
    return UnsupportedImage(metadata=metadata)


def version_violations(version: Version) -> Iterator[Violation]:
    yield from identifier_violations("series_id", version.series_id)
    if version.number < 1:
        yield Violation("number", "begins at one")


def identifier_violations(name: str, value: str) -> Iterator[Violation]:
    if len(value) > MAX_IDENTIFIER_CHARACTERS or not IDENTIFIER.fullmatch(value):
        yield Violation(
            name,
            f"must be 1 to {MAX_IDENTIFIER_CHARACTERS} letters, digits, `-` and `_`, with single `.` between",
        )
