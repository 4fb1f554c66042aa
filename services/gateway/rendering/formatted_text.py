from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from services.gateway.rendering.utf16 import utf16_length

LONG_QUOTE = 150
"""Characters: about three lines on a phone."""


class EntityType(StrEnum):
    """The kinds of marking an answer can have: https://core.telegram.org/bots/api#messageentity."""

    BLOCKQUOTE = "blockquote"
    EXPANDABLE_BLOCKQUOTE = "expandable_blockquote"
    PRE = "pre"
    CODE = "code"
    TEXT_LINK = "text_link"
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKETHROUGH = "strikethrough"
    SPOILER = "spoiler"


@dataclass(frozen=True, slots=True)
class Entity:
    """A marked part of a text. Offset and length count UTF-16 code units."""

    type: EntityType
    offset: int
    length: int
    url: str | None = None
    language: str | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A text and its marking, as Telegram takes them."""

    text: str
    entities: tuple[Entity, ...] = ()

    def followed_by(self, other: "FormattedText", gap: str = "\n\n") -> "FormattedText":
        """Both texts, one after the other; the gap only where there are two."""
        if not self.text or not other.text:
            return self if self.text else other
        shift = utf16_length(self.text + gap)
        shifted = (replace(entity, offset=entity.offset + shift) for entity in other.entities)
        return FormattedText(self.text + gap + other.text, (*self.entities, *shifted))


def italic(text: str) -> FormattedText:
    """A remark of the bot's own next to what the model wrote."""
    return FormattedText(text, (Entity(EntityType.ITALIC, 0, utf16_length(text)),))


def as_code(text: str) -> FormattedText:
    """A text that a tap copies."""
    return FormattedText(text, (Entity(EntityType.PRE, 0, utf16_length(text)),))


def quoted(text: str) -> FormattedText:
    """What somebody said, above what is said about it; a long one can be unfolded."""
    kind = EntityType.EXPANDABLE_BLOCKQUOTE if len(text) > LONG_QUOTE else EntityType.BLOCKQUOTE
    return FormattedText(text, (Entity(kind, 0, utf16_length(text)),))


def clip(entities: Iterable[Entity], begin: int, end: int) -> tuple[Entity, ...]:
    """What of the entities lies between two offsets, counted from `begin`."""
    clipped = []
    for entity in entities:
        inner_begin, inner_end = max(entity.offset, begin), min(entity.end, end)
        if inner_begin < inner_end:
            clipped.append(replace(entity, offset=inner_begin - begin, length=inner_end - inner_begin))
    return tuple(clipped)
