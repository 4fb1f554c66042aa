from enum import StrEnum
from typing import Any

Keyboard = dict[str, Any]
"""https://core.telegram.org/bots/api#inlinekeyboardmarkup"""

MENU_PREFIX = "menu"
"""Callback data of the menus' buttons begins so; the rest is theirs."""
EXAMPLE_PREFIX = "example:"
"""Callback data of a button that asks a question: the prefix, then the question's name."""
PICTURE_PREFIX = "pic:"
"""Callback data of the buttons under a picture: the prefix, the verb, the version, perhaps a value."""
EASEL_PREFIX = "easel:"
"""Callback data of what is prepared before it is drawn; the rest is the easel's."""
DOCUMENT_PREFIX = "doc:"
"""Callback data of the buttons that speak of documents; the rest is theirs."""

STATS_PREFIX = "stats:"
"""Callback data of the buttons under an admin's figures: the prefix, then the period."""

ADMIN_PREFIX = "adm:"
"""Callback data of the buttons of the admins' menu: the prefix, the verb, perhaps its subject."""

PRIVACY_PREFIX = "privacy:"
"""Callback data of the buttons that ask whether to forget somebody."""

FEEDBACK_PREFIX = "why:"
"""Callback data of the buttons that say what was wrong with an answer."""

VIDEO_PREFIX = "vid:"
"""Callback data of the buttons that speak of videos; the rest is theirs."""


class Press(StrEnum):
    """What a button under an answer asks for; callback data is this, a colon, and the question's suffix."""

    AGAIN = "again"
    """Another answer to the same question."""
    MORE = "more"
    """The rest of an answer that ended early."""
    TRY = "try"
    """Another attempt at an answer that failed."""
    SAY = "say"
    """The answer, spoken."""
    COPY = "copy"
    """The answer as text that can be copied."""
    PLAIN = "plain"
    """The answer in plain messages instead of a rich one."""
    GOOD = "good"
    BAD = "bad"
    """Says what the answer was worth."""


ASKING = frozenset({Press.AGAIN, Press.MORE, Press.TRY})
"""Those that ask the model."""
IN_ORDER = ASKING | {Press.PLAIN}
"""Those that wait their turn in the conversation: they change its answers."""


def press_data(press: Press, turn_suffix: str) -> str:
    return f"{press}:{turn_suffix}"


def parse_press(data: str) -> tuple[Press, str] | None:
    """What a button's data means, if it is one of these."""
    name, _, suffix = data.partition(":")
    return (Press(name), suffix) if name in Press.__members__.values() and suffix else None


def keyboard(*rows: list[tuple[str, str]]) -> Keyboard:
    """Inline buttons, as pairs of what they say and their callback data."""
    return {
        "inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row] for row in rows]
    }
