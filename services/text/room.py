from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.text.conversation import Conversation, Turn

CUT: Final = "\n[…]"
# What is left of an old material where a conversation is larger than the store takes.
OLD_MATERIAL_BYTES: Final = 4096
# How much of the store's room the newest turn may take beside older ones.
NEWEST_SHARE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be remembered."""

    tokens: int
    size_bytes: int

    def holds(self, conversation: Conversation) -> bool:
        return conversation.tokens <= self.tokens and conversation.size_bytes <= self.size_bytes

    def times(self, factor: float) -> "Room":
        return Room(round(self.tokens * factor), round(self.size_bytes * factor))

    def newest(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Return the newest turns that fit, and always the last one."""
        kept: list[Turn] = []
        tokens, size_bytes = 0, 0
        for turn in reversed(turns):
            tokens += turn.tokens
            size_bytes += turn.size_bytes
            if kept and (tokens > self.tokens or size_bytes > self.size_bytes):
                break
            kept.append(turn)
        return tuple(reversed(kept))


def fitted(conversation: Conversation, max_bytes: int) -> Conversation:
    """Make a conversation small enough for the store: materials are cut before words are forgotten."""
    if conversation.size_bytes <= max_bytes or not conversation.turns:
        return conversation
    left = max_bytes - len(conversation.summary.encode())
    *older, newest = conversation.turns
    newest = cut_materials(newest, round(left * NEWEST_SHARE) if older else left)
    turns = [*(cut_materials(turn, OLD_MATERIAL_BYTES) for turn in older), newest]
    return replace(conversation, turns=Room(sum(turn.tokens for turn in turns), left).newest(turns))


def cut_materials(turn: Turn, max_bytes: int) -> Turn:
    """Cut the materials so that the turn takes no more; what was said stays whole."""
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
