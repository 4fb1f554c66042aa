from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.gateway.buttons import PICTURE_PREFIX
from services.gateway.pictures.order import Version
from services.gateway.updates import turn_id_in_chat, turn_suffix

MAX_NUMBER_DIGITS: Final = 6
"""A client may send any data: no series is so long."""


class Verb(StrEnum):
    """What a button under a picture asks for."""

    BACK = "back"
    """The version before this one, in its place."""
    ON = "on"
    """The version after this one, in its place."""
    HERE = "here"
    """How many versions there are now; the value says how many there were."""
    VARY = "vary"
    """Another picture of the same."""
    EDIT = "edit"
    """A change in words."""
    STYLE = "style"
    """The styles to choose from; with a value, a version in that style."""
    FORMAT = "format"
    """The formats to choose from; with a value, a version in that format."""
    SHUT = "shut"
    """The buttons of the picture, instead of a choice."""
    IMPROVE = "improve"
    """The prompt, improved, before anything is drawn from it."""
    ANIMATE = "animate"
    """A video that begins with the picture."""
    ORIGINAL = "original"
    """The picture as a file, bit by bit."""
    GOOD = "good"
    BAD = "bad"
    """Says what the picture was worth."""


@dataclass(frozen=True)
class PicturePress:
    """A button under a picture: what it asks for, and under which version of which series it stands.

    The series is named by the suffix of its first turn: the rest is known from where the button stands.
    """

    verb: Verb
    series_suffix: str
    number: int
    value: str = ""

    @property
    def data(self) -> str:
        """The callback data, of at most 64 bytes: `pic:<verb>:<series suffix>:<number>[:<value>]`."""
        value = f":{self.value}" if self.value else ""
        return f"{PICTURE_PREFIX}{self.verb}:{self.series_suffix}:{self.number}{value}"

    @property
    def draws(self) -> bool:
        """Whether it asks for a picture at once."""
        is_chosen = self.verb in (Verb.STYLE, Verb.FORMAT) and bool(self.value)
        return self.verb is Verb.VARY or is_chosen

    def version(self, bot_id: int, chat_id: int) -> Version:
        return Version(turn_id_in_chat(bot_id, chat_id, self.series_suffix), self.number)


def press_under(verb: Verb, version: Version, value: str = "") -> PicturePress:
    return PicturePress(verb, turn_suffix(version.series_id), version.number, value)


def parse_picture_press(data: str) -> PicturePress | None:
    """What a button's data means, if it is one of these."""
    if not data.startswith(PICTURE_PREFIX):
        return None
    verb, _, rest = data.removeprefix(PICTURE_PREFIX).partition(":")
    suffix, _, rest = rest.partition(":")
    number, _, value = rest.partition(":")
    is_number = number.isdecimal() and len(number) <= MAX_NUMBER_DIGITS
    if verb not in Verb.__members__.values() or not suffix or not is_number:
        return None
    return PicturePress(Verb(verb), suffix, int(number), value)


def presses_in(markup: dict[str, Any]) -> Iterator[PicturePress]:
    """The buttons of ours under a message, as the Bot API shows its keyboard."""
    for row in markup.get("inline_keyboard") or ():
        for button in row:
            press = parse_picture_press(button.get("callback_data") or "")
            if press is not None:
                yield press
