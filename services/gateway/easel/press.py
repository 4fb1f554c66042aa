from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.gateway.buttons import EASEL_PREFIX
from services.gateway.pictures import AspectRatio, Style, Version
from services.gateway.updates import turn_id_in_chat, turn_suffix

MAX_NUMBER_DIGITS: Final = 6
"""A client may send any data: no series is so long."""


class EaselVerb(StrEnum):
    """What a button of the easel asks for."""

    OPEN = "open"
    """The easel, without a description yet."""
    DRAW = "draw"
    IMPROVE = "improve"
    """A better description; nothing is drawn from it yet."""
    MINE = "mine"
    """The person's own words again."""
    STYLES = "styles"
    RATIOS = "ratios"
    SET = "set"
    """The style and the ratio that the button carries."""
    EXAMPLE = "example"
    """A description to try; the number says which."""
    SHUT = "shut"


@dataclass(frozen=True)
class EaselPress:
    """A button of the easel: what it asks for, with the style and the ratio that are chosen there.

    A description that comes from a picture draws the next version of it: its series is named by the suffix
    of its first turn.
    """

    verb: EaselVerb
    style: Style = Style.ANY
    aspect_ratio: AspectRatio | None = None
    series_suffix: str = ""
    number: int = 0

    @property
    def data(self) -> str:
        """The callback data, of at most 64 bytes: `easel:<verb>:<style>:<ratio>:<series suffix>:<number>`."""
        ratio = self.aspect_ratio or ""
        return f"{EASEL_PREFIX}{self.verb}:{self.style}:{ratio}:{self.series_suffix}:{self.number}"

    def version(self, bot_id: int, chat_id: int) -> Version | None:
        """The version that the description comes from, if it comes from one."""
        if not self.series_suffix:
            return None
        return Version(turn_id_in_chat(bot_id, chat_id, self.series_suffix), self.number)


def easel_of(version: Version | None) -> tuple[str, int]:
    """How the buttons name a version: by suffix and number."""
    return (turn_suffix(version.series_id), version.number) if version else ("", 0)


def parse_easel_press(data: str) -> EaselPress | None:
    """What a button's data means, if it is one of these."""
    if not data.startswith(EASEL_PREFIX):
        return None
    verb, *rest = data.removeprefix(EASEL_PREFIX).split(":")
    style, ratio, suffix, number = (*rest, "", "", "", "")[:4]
    if verb not in EaselVerb.__members__.values() or len(number) > MAX_NUMBER_DIGITS:
        return None
    return EaselPress(
        EaselVerb(verb),
        Style(style) if style in Style.__members__.values() else Style.ANY,
        AspectRatio(ratio) if ratio in AspectRatio.__members__.values() else None,
        suffix,
        int(number) if number.isdecimal() else 0,
    )
