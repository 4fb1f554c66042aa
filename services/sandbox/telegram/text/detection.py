import re
from typing import Final

from services.sandbox.telegram.text.entities import Entity
from services.sandbox.telegram.text.nesting import without_intersections

# Nothing can be found in a text without one of these, which spares most texts the searches below.
_TRIGGER: Final = re.compile(r"[/@#$.]")
_TLD: Final = (
    "com|org|net|ru|io|me|dev|ai|app|info|edu|gov|co|uk|de|fr|eu|by|ua|kz|рф|su|tv|xyz|site|online|tech"
)
_PATH: Final = r"(?:[/?#][^\s<>\"«»]*)?"
_PATTERNS: Final = (
    ("mention", re.compile(r"(?<![\w@])@[a-zA-Z0-9_]{4,32}(?!\w)")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])")),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d])\w{1,256}(?![\w#])")),
    ("cashtag", re.compile(r"(?<![$\w])\$(?:1INCH|[A-Z]{1,8})(?![$\w])")),
    ("email", re.compile(r"(?<![\w.+-])[a-zA-Z0-9_.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}(?![\w-])")),
    ("url", re.compile(r"(?<!\w)(?:https?|ftp|tonsite)://[^\s<>\"«»]+", re.IGNORECASE)),
    (
        "url",
        re.compile(r"(?<![\w@.:/-])(?:[\w-]+\.)+(?:" + _TLD + r")(?![\w-])(?::\d+)?" + _PATH, re.IGNORECASE),
    ),
)
_TRAILING_PUNCTUATION: Final = ".,:;!?'`*_~"
_CLOSERS: Final = {")": "(", "]": "["}


def detect(units: str) -> list[Entity]:
    """What Telegram itself marks in a text: commands, mentions, hashtags, links, e-mail addresses."""
    if not _TRIGGER.search(units):
        return []
    found = [
        _entity(type_, match.start(), match[0])
        for type_, pattern in _PATTERNS
        for match in pattern.finditer(units)
    ]
    return without_intersections(sorted(found, key=lambda entity: (entity.offset, -entity.length)))


def _entity(type_: str, offset: int, text: str) -> Entity:
    if type_ == "url":
        text = text.rstrip(_TRAILING_PUNCTUATION)
        while text[-1:] in _CLOSERS and text.count(text[-1]) > text.count(_CLOSERS[text[-1]]):
            text = text[:-1].rstrip(_TRAILING_PUNCTUATION)
    return Entity(type_, offset, len(text))
