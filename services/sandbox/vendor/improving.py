import re
from typing import Final

from services.sandbox.vendor.questions import Question
from services.sandbox.vendor.samples import is_russian

# How Quartet has a model improve the description of a picture: told so in the instructions.
WANTED: Final = tuple(
    re.compile(words, re.I)
    for words in (r"\b(?:improve|better|richer|rewrite)", r"\b(?:prompt|descri)", r"\b(?:image|picture|draw)")
)
OPENING_CHARACTERS: Final = 400
FRAME: Final = re.compile(
    r"<(?P<kind>\w+) id=(?P<id>[0-9a-f]+)[^\n]*>\n(?P<text>.*)\n</(?P=kind) id=(?P=id)>", re.S
)
RUSSIAN: Final = (
    "мягкий вечерний свет, тёплые цвета, много мелких деталей, размытый дальний план, спокойное настроение"
)
ENGLISH: Final = (
    "soft evening light, warm colours, plenty of small details, a blurred background, a calm mood"
)


def is_wanted(question: Question) -> bool:
    """Whether the question is to make a better description of a picture."""
    opening = question.instructions[:OPENING_CHARACTERS]
    return all(words.search(opening) for words in WANTED)


def improve(question: Question) -> str:
    """Return the user's words and some more, in their language. Nothing marks it: it would be drawn, too."""
    parts = question.asked[-1].parts if question.asked else ()
    framed = (found["text"] for part in reversed(parts) if (found := FRAME.search(part)))
    words = next(framed, question.text).strip().rstrip(".")
    return f"{words}, {RUSSIAN if is_russian(words) else ENGLISH}"
