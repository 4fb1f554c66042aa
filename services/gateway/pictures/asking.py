import re
from dataclasses import dataclass
from typing import Final

# Politeness that may stand before an order, and who the picture is for.
BEFORE: Final = (
    r"(?:(?:пожалуйста|пожалуйтса|плиз|пж|please|а теперь|теперь|а|ну|now|then|hey|привет|hi)[\s,!]+){0,3}"
)
FOR_WHOM: Final = r"(?:(?:мне|нам|me|us|пожалуйста|please|ка)(?=[\s,:.!?]|$)[\s,:]*){0,2}"
COMMAND: Final = re.compile(r"/(?:img|image)(?:@(?P<bot>\w+))?(?=\s|$)\s*", re.IGNORECASE)
DRAW: Final = re.compile(
    rf"{BEFORE}(?:нарисуй(?:те)?(?:-ка)?|изобрази(?:те)?(?:-ка)?|draw|paint)(?=[\s,:.!?—–-]|$)[\s,:.!?—–-]*{FOR_WHOM}",
    re.IGNORECASE,
)
CHANGE: Final = re.compile(
    rf"{BEFORE}(?:измени|убери|добавь|замени|перекрась|раскрась|дорисуй|сотри|отредактируй|перерисуй"
    r"|edit|remove|replace|recolou?r|add|redraw|erase)(?:те)?(?=[\s,:]|$)",
    re.IGNORECASE,
)
# What one draws without a brush.
IDIOMS: Final = re.compile(
    rf"{BEFORE}draw(?:\s+(?:a|an|the|your|my|some))?\s+(?:conclusions?|comparisons?|parallels?|distinctions?|inferences?"
    r"|analog(?:y|ies)|attention|inspiration|lots|blood|up|on|upon|from|near|back|out|in|breath)\b",
    re.IGNORECASE,
)
THIS: Final = re.compile(r"(?:это|этого|то|его|её|их|this|that|it|them)?[\s.!?]*", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """A wish for a picture in words: what to draw, or what to change of the picture it is about."""

    words: str
    is_change: bool = False

    @property
    def is_pointing(self) -> bool:
        """Whether it only points at something that was said or shown: "draw this"."""
        return THIS.fullmatch(self.words) is not None


def wish_in(text: str, *, username: str) -> Wish | None:
    """The wish that a message begins with: a command of ours, or an order in words.

    Of a change all the words are the wish: they say what to do.
    """
    text = text.strip()
    if command := COMMAND.match(text):
        is_ours = not command["bot"] or command["bot"].casefold() == username.casefold()
        return Wish(text[command.end() :].strip()) if is_ours else None
    if IDIOMS.match(text):
        return None
    if order := DRAW.match(text):
        return Wish(text[order.end() :].strip())
    return Wish(text, is_change=True) if CHANGE.match(text) else None


def is_picture_command(text: str) -> bool:
    """Whether a text is a command for a picture, whoever it is for."""
    return COMMAND.match(text) is not None
