from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.text.conversation import Finish, Material, Turn
from services.text.frames import frame
from services.text.providers.base import Image, Message, Role

# Pictures of turns, by the turns' ids.
Recalled = Mapping[str, tuple[Image, ...]]
NO_PICTURES: Final[Recalled] = {}
CUT_OFF: Final = "The answer above was cut off before its end."
GO_ON: Final = """\
Your answer above was cut off. Go on exactly where it ended: what you write now is put directly behind \
its last character, so begin with a space or a line break where one belongs, also in the middle of a word, a \
list or a code block. Repeat nothing, and say nothing about going on."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What a user says, and what they bring along. `speaker` is empty where nobody else speaks."""

    instruction: str
    materials: tuple[Material, ...] = ()
    images: tuple[Image, ...] = ()
    speaker: str = ""


def wrap(material: Material) -> str:
    """Mark a material off as data."""
    return frame("material", material.text, title=material.title)


def messages(
    history: Sequence[Turn],
    saying: Saying,
    *,
    summary: str = "",
    answer: str = "",
    recalled: Recalled = NO_PICTURES,
) -> tuple[Message, ...]:
    """Return the conversation as the vendor gets it, what the user says now last.

    With an `answer` to it, the vendor is asked to go on where that ends. `recalled`: the pictures of the
    history that go along.
    """
    said: list[Message] = []
    # Beside the words of the next message: a message of its own would be one that nobody said.
    notes = (frame("memory", summary),) if summary else ()
    for turn in history:
        images = recalled.get(turn.turn_id, ())
        said.append(_message(Saying(turn.instruction, turn.materials, images, turn.speaker), notes))
        notes = ()
        if turn.answer:
            said.append(Message(Role.ASSISTANT, (turn.answer,)))
            notes = () if turn.finish is Finish.STOP else (frame("note", CUT_OFF),)
    said.append(_message(saying, notes))
    if answer:
        said += [Message(Role.ASSISTANT, (answer,)), Message(Role.USER, (GO_ON,))]
    return tuple(said)


def transcript(summary: str, turns: Sequence[Turn]) -> tuple[str, ...]:
    """Return a conversation as data to speak about: each utterance in a frame of its own."""
    parts = [frame("memory", summary)] if summary else []
    for turn in turns:
        parts += map(wrap, turn.materials)
        parts.append(frame("message", turn.instruction, **{"from": turn.speaker or "the user"}))
        if turn.answer:
            parts.append(frame("answer", turn.answer))
    return tuple(parts)


def _message(saying: Saying, notes: tuple[str, ...]) -> Message:
    instruction = saying.instruction
    if saying.speaker:
        instruction = frame("message", instruction, **{"from": saying.speaker})
    return Message(Role.USER, (*notes, *map(wrap, saying.materials), instruction), saying.images)
