import re
from dataclasses import dataclass
from typing import Final

# Politeness that may stand before an order, and who the picture is for.
BEFORE: Final = (
    r"(?:(?:пожалуйста|плиз|пж|please|а теперь|теперь|а|ну|бот|now|then|hey|привет|hi)[\s,!]+){0,3}"
)
FOR_WHOM: Final = r"(?:(?:мне|нам|me|us|пожалуйста|please)(?=[\s,:.!?…]|$)[\s,:…]*){0,2}"
END: Final = r"(?=[\s,:!?…—–-]|\.+(?:\s|$)|$)"
COMMAND: Final = re.compile(r"/(?:img|image)(?:@(?P<bot>\w+))?(?=\s|$)\s*", re.IGNORECASE)
DRAW: Final = re.compile(
    rf"{BEFORE}(?:нарисуй(?:те)?(?:-ка)?|рисуй(?:те)?|изобрази(?:те)?(?:-ка)?|draw|paint){END}"
    rf"[\s,:.!?…—–-]*{FOR_WHOM}",
    re.IGNORECASE,
)
CHANGE: Final = re.compile(
    rf"{BEFORE}(?:измени|убери|добавь|замени|поменяй|сделай|перекрась|раскрась|дорисуй|сотри|отредактируй"
    rf"|перерисуй|edit|change|make|remove|replace|recolou?r|add|redraw|erase)(?:те)?{END}",
    re.IGNORECASE,
)
# What one draws and paints without a brush.
IDIOMS: Final = re.compile(
    rf"{BEFORE}(?:draw(?:\s+[\w'-]+){{0,3}}?\s+(?:conclusions?|comparisons?|parallels?|distinctions?|inferences?"
    r"|analog(?:y|ies)|attention|inspiration|lots|blood|blank|lessons?|breath)\b"
    r"|draw\s+(?:up|on|upon|from|near|back|out|in)(?:\s+(?:the|a|an|this|that|your|my|it)\b|\s*$)"
    r"|draw\s+(?:the|a)\s+line\b|paint\s+(?:is|isn't|was|does|doesn't)\b|paint\s+the\s+town\b)",
    re.IGNORECASE,
)
THIS: Final = re.compile(r"(?:это|этого|то|его|её|их|this|that|it|them)?[\s.!?…]*", re.IGNORECASE)
ASKS: Final = re.compile(
    r"(?:что|кто|где|когда|почему|зачем|как|какой|какая|какое|какие|сколько|чей|чья|откуда|это"
    r"|what|who|where|when|why|how|which|whose|is|are|was|does|do|can)\b",
    re.IGNORECASE,
)
THANKS: Final = re.compile(
    r"(?:\W|\b(?:спасибо|спс|благодарю|большое|огромное|класс|классно|круто|супер|отлично|красиво|красота|здорово"
    r"|вау|ого|нравится|мне|очень|так|да|нет|ок|окей|хорошо|прекрасно|шикарно|огонь|лайк|ха(?:ха)*"
    r"|thanks?|you|thx|cool|great|nice|wow|love|it|awesome|perfect|beautiful|ok|okay|yes|no|good|so|very)\b)*",
    re.IGNORECASE,
)


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


def is_change(text: str) -> bool:
    """Whether what is said in reply to a picture says how it should be: it neither asks nor thanks."""
    says = text.strip()
    is_question = says.endswith("?") or ASKS.match(says) is not None
    return bool(says) and not is_question and not says.startswith("/") and THANKS.fullmatch(says) is None
