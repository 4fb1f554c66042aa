import re
from dataclasses import dataclass
from typing import Final

from services.gateway.pictures.asking import BEFORE, END, FOR_WHOM

COMMAND: Final = re.compile(r"/video(?:@(?P<bot>\w+))?(?=\s|$)\s*", re.IGNORECASE)
MAKE: Final = re.compile(
    rf"{BEFORE}(?:(?:сними(?:те)?(?:-ка)?|снять)(?:\s+(?:мне|нам))?(?:\s+(?:видео|ролик|клип|фильм))?"
    r"|(?:сделай(?:те)?|создай(?:те)?|сгенерируй(?:те)?|нарисуй(?:те)?)(?:\s+(?:мне|нам))?\s+(?:видео|ролик|клип)"
    r"|(?:make|create|generate|shoot|film)(?:\s+(?:me|us))?\s+(?:an?\s+|the\s+)?(?:video|clip|film))"
    rf"{END}[\s,:.!?…—–-]*{FOR_WHOM}(?:(?:of|про|о|об|где|с|in which)\s+)?",
    re.IGNORECASE,
)
ANIMATE: Final = re.compile(
    rf"{BEFORE}(?:оживи(?:те)?(?:-ка)?|анимируй(?:те)?|animate|bring\s+(?:it|this|her|him)?\s*to\s+life)"
    rf"{END}[\s,:.!?…—–-]*(?:(?:это|эту|этот|её|ее|его|фото|картинку|фотографию|this|it|the\s+(?:photo|picture))"
    r"(?=[\s,:.!?…]|$)[\s,:.!?…—–-]*){0,2}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Wish:
    """A wish for a video in words. `is_animation`: a picture is to be set in motion; words may be missing."""

    words: str
    is_animation: bool = False
    is_command: bool = False


def wish_in(text: str, *, username: str) -> Wish | None:
    """The wish that a message begins with: a command of ours, or an order in words."""
    text = text.strip()
    if command := COMMAND.match(text):
        is_ours = not command["bot"] or command["bot"].casefold() == username.casefold()
        return Wish(text[command.end() :].strip(), is_command=True) if is_ours else None
    if order := ANIMATE.match(text):
        return Wish(text[order.end() :].strip(), is_animation=True)
    if order := MAKE.match(text):
        return Wish(text[order.end() :].strip())
    return None
