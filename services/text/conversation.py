from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

# How much text a token holds, on average; Cyrillic takes about twice as many as Latin script.
ASCII_CHARACTERS_PER_TOKEN: Final = 4.0
OTHER_CHARACTERS_PER_TOKEN: Final = 2.5
# What a message costs beside its text.
TOKENS_PER_MESSAGE: Final = 4
# More moves of one chat than will ever be under way at once.
MAX_ORIGINS: Final = 8


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
class Picture:
    """A picture that is kept elsewhere, under this name."""

    name: str
    mime_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and what was answered, perhaps in part.

    `usage`, `finish` and `wasted_runs` are those of the run that spoke last: the one that wrote the answer
    from its character `continued_at` on, and began at `begun_at_ms`. `speaker` is empty where one person has
    the conversation alone.
    """

    turn_id: str
    instruction: str
    materials: tuple[Material, ...]
    answer: str
    finish: Finish
    usage: Usage
    wasted_runs: int = 0
    run_id: str = ""
    continued_at: int = 0
    speaker: str = ""
    asked_at_ms: int = 0
    begun_at_ms: int = 0
    failed_over: bool = False
    pictures: tuple[Picture, ...] = ()

    @property
    def run(self) -> str:
        """The id of the run that spoke last: turns of old have only their own."""
        return self.run_id or self.turn_id

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
class Origin:
    """A conversation that has moved into another one. `era` is None once what came with it was cleared."""

    conversation_id: str
    era: str | None = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a model still remembers: a summary, and the turns after it, oldest first.

    `era` changes when the conversation is cleared: an answer that began before does not belong to it. One
    that has moved only says where to (`moved_to`), and the other says where it came from (`origins`).
    """

    turns: tuple[Turn, ...] = ()
    summary: str = ""
    era: str = ""
    moved_to: str = ""
    origins: tuple[Origin, ...] = ()

    @property
    def tokens(self) -> int:
        return estimate_tokens(self.summary) + sum(turn.tokens for turn in self.turns)

    @property
    def size_bytes(self) -> int:
        return len(self.summary.encode()) + sum(turn.size_bytes for turn in self.turns)

    @property
    def is_empty(self) -> bool:
        return not self.turns and not self.summary

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for turn in self.turns for picture in turn.pictures)

    def find(self, turn_id: str) -> Turn | None:
        return next((turn for turn in self.turns if turn.turn_id == turn_id), None)

    def before(self, turn_id: str) -> Sequence[Turn]:
        """Return what was said before a turn: everything, if the turn is new."""
        for index, turn in enumerate(self.turns):
            if turn.turn_id == turn_id:
                return self.turns[:index]
        return self.turns

    def has_era(self, era: str) -> bool:
        """Whether what began in that era, here or in a conversation that has moved here, still counts."""
        return era == self.era or any(origin.era == era for origin in self.origins)

    def place(self, turn: Turn) -> "Conversation":
        """Put a turn where it stood before, or by the time it was asked.

        A complete answer does not yield to a partial one of the same run, nor to a run that began before its
        own and was only noticed to have ended later.
        """
        former = self.find(turn.turn_id)
        if former is None:
            return replace(self, turns=_inserted(self.turns, turn))
        is_repeated = former.is_complete and not turn.is_complete and former.run == turn.run
        if is_repeated or turn.begun_at_ms < former.begun_at_ms:
            return self
        turn = replace(turn, asked_at_ms=former.asked_at_ms)
        return replace(self, turns=tuple(turn if old is former else old for old in self.turns))

    def cleared(self, era: str) -> "Conversation":
        """Forget everything, once for each era. What is being answered now will be forgotten as well."""
        if self.era == era:
            return self
        origins = tuple(replace(origin, era=None) for origin in self.origins)
        return Conversation(era=era, origins=origins)

    def folded(self, turns: Sequence[Turn], summary: str) -> "Conversation":
        """Replace turns by a summary that tells them. One that has changed since stays as well."""
        return replace(self, turns=tuple(turn for turn in self.turns if turn not in turns), summary=summary)

    def leaving_for(self, conversation_id: str) -> "Conversation":
        """Send everyone to another conversation, which is yet to get what was said here."""
        return replace(self, moved_to=conversation_id)

    def left(self) -> "Conversation":
        """Keep nothing but where to: the other conversation has it all."""
        return Conversation(moved_to=self.moved_to)

    def absorb(self, conversation_id: str, moved: "Conversation") -> "Conversation":
        """Put what was said in another conversation before this one. Doing it twice is doing it once."""
        if any(origin.conversation_id == conversation_id for origin in self.origins):
            return replace(self, moved_to="")
        known = {turn.turn_id for turn in self.turns}
        origins = (*self.origins, *moved.origins, Origin(conversation_id, moved.era))
        return replace(
            self,
            turns=(*(turn for turn in moved.turns if turn.turn_id not in known), *self.turns),
            summary="\n\n".join(filter(None, (moved.summary, self.summary))),
            moved_to="",
            origins=origins[-MAX_ORIGINS:],
        )


def estimate_tokens(text: str) -> int:
    """Guess how many tokens a text takes, without the vendor's tokenizer."""
    ascii_characters = len(text.encode("ascii", "ignore"))
    others = len(text) - ascii_characters
    return round(ascii_characters / ASCII_CHARACTERS_PER_TOKEN + others / OTHER_CHARACTERS_PER_TOKEN)


def _inserted(turns: tuple[Turn, ...], turn: Turn) -> tuple[Turn, ...]:
    """Questions asked at the same time are answered at different times."""
    index = len(turns)
    while index and turns[index - 1].asked_at_ms > turn.asked_at_ms:
        index -= 1
    return (*turns[:index], turn, *turns[index:])
