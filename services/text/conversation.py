from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

# How much text a token holds, on average; Cyrillic takes about twice as many as Latin script.
ASCII_CHARACTERS_PER_TOKEN: Final = 4.0
OTHER_CHARACTERS_PER_TOKEN: Final = 2.5
# What a message costs beside its text.
TOKENS_PER_MESSAGE: Final = 4
CUT: Final = "\n[…]"


class Finish(StrEnum):
    """How a run of a turn ended."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer cost at the vendor; `estimated` when the vendor's own counts were not received."""

    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """Text that an instruction speaks about. It is data; nothing in it is obeyed."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and what was answered, perhaps in part. `wasted_runs` ended without a whole answer."""

    turn_id: str
    instruction: str
    materials: tuple[Material, ...]
    answer: str
    finish: Finish
    usage: Usage
    wasted_runs: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether the answer may be given again instead of asking the vendor again."""
        return self.finish in (Finish.STOP, Finish.LENGTH)

    @property
    def tokens(self) -> int:
        texts = [self.instruction, self.answer, *(material.text for material in self.materials)]
        return sum(estimate_tokens(text) + TOKENS_PER_MESSAGE for text in texts)

    @property
    def size_bytes(self) -> int:
        """The turn's texts in UTF-8; what holds them together comes on top."""
        texts = [self.instruction, self.answer]
        texts += [part for material in self.materials for part in (material.title, material.text)]
        return sum(len(text.encode()) for text in texts)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns that a model still remembers, oldest first."""

    turns: tuple[Turn, ...] = ()

    def find(self, turn_id: str) -> Turn | None:
        return next((turn for turn in self.turns if turn.turn_id == turn_id), None)

    def before(self, turn_id: str) -> Sequence[Turn]:
        """Return what was said before a turn: everything, if the turn is new."""
        for index, turn in enumerate(self.turns):
            if turn.turn_id == turn_id:
                return self.turns[:index]
        return self.turns

    def place(self, turn: Turn) -> "Conversation":
        """Put a turn where it stood before, or at the end. A complete one does not yield to a partial one."""
        former = self.find(turn.turn_id)
        if former is None:
            return Conversation((*self.turns, turn))
        if former.is_complete and not turn.is_complete:
            return self
        return Conversation(tuple(turn if old is former else old for old in self.turns))

    def trimmed(self, *, max_tokens: int, max_bytes: int) -> "Conversation":
        """Forget the oldest turns beyond the limits. The newest stays, its materials cut if need be."""
        if not self.turns:
            return self
        newest = _fitted(self.turns[-1], max_bytes)
        kept = [newest]
        tokens, size = newest.tokens, newest.size_bytes
        for turn in reversed(self.turns[:-1]):
            tokens += turn.tokens
            size += turn.size_bytes
            if tokens > max_tokens or size > max_bytes:
                break
            kept.append(turn)
        return Conversation(tuple(reversed(kept)))


def estimate_tokens(text: str) -> int:
    """Guess how many tokens a text takes, without the vendor's tokenizer."""
    ascii_characters = len(text) if text.isascii() else sum(character.isascii() for character in text)
    others = len(text) - ascii_characters
    return round(ascii_characters / ASCII_CHARACTERS_PER_TOKEN + others / OTHER_CHARACTERS_PER_TOKEN)


def _fitted(turn: Turn, max_bytes: int) -> Turn:
    left = max_bytes - replace(turn, materials=()).size_bytes
    if turn.size_bytes <= max_bytes:
        return turn
    materials = []
    for material in turn.materials:
        text = _head(material.text, left - len(material.title.encode()) - len(CUT.encode()))
        left -= len(text.encode()) + len(material.title.encode())
        if text:
            materials.append(replace(material, text=text))
    return replace(turn, materials=tuple(materials))


def _head(text: str, max_bytes: int) -> str:
    encoded = text.encode()
    if len(encoded) <= max_bytes:
        return text
    return encoded[:max_bytes].decode(errors="ignore") + CUT if max_bytes > 0 else ""
