import re
from typing import Final

from services.sandbox.telegram.text.entities import Entity
from services.sandbox.telegram.text.nesting import without_intersections

_TLD: Final = (
    "com|org|net|ru|io|me|dev|ai|app|info|edu|gov|co|uk|de|fr|eu|by|ua|kz|рф|su|tv|xyz|site|online|tech"
)
_DOMAIN_END: Final = rf"\.(?:{_TLD})(?![\w-])"
_PATH: Final = r"(?:[/?#][^\s<>\"«»]*)?"
# Each kind with what a text must hold for its search to be worth the time.
_PATTERNS: Final = tuple(
    (type_, re.compile(hint, re.IGNORECASE), re.compile(pattern, flags))
    for type_, hint, pattern, flags in (
        ("mention", "@", r"(?<![\w@])@[a-zA-Z0-9_]{4,32}(?!\w)", 0),
        ("bot_command", "/", r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])", 0),
        ("hashtag", "#", r"(?<!\w)#(?=\w*[^\W\d])\w{1,256}(?![\w#])", 0),
        ("cashtag", r"\$", r"(?<![$\w])\$(?:1INCH|[A-Z]{1,8})(?![$\w])", 0),
        ("email", "@", r"(?<![\w.+-])[a-zA-Z0-9_.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}(?![\w-])", 0),
        ("url", "://", r"(?<!\w)(?:https?|ftp|tonsite)://[^\s<>\"«»]+", re.IGNORECASE),
        (
            "url",
            _DOMAIN_END,
            rf"(?<![\w@.:/-])[\w-]+(?:\.[\w-]+)*{_DOMAIN_END}(?::\d+)?{_PATH}",
            re.IGNORECASE,
        ),
    )
)
_TRAILING_PUNCTUATION: Final = ".,:;!?'`*_~"
_CLOSERS: Final = {")": "(", "]": "["}


def detect(units: str) -> list[Entity]:
    """What Telegram itself marks in a text: commands, mentions, hashtags, links, e-mail addresses."""
    found = [
        _entity(type_, match.start(), match[0])
        for type_, hint, pattern in _PATTERNS
        if hint.search(units)
        for match in pattern.finditer(units)
    ]
    return without_intersections(sorted(found, key=lambda entity: (entity.offset, -entity.length)))


def _entity(type_: str, offset: int, text: str) -> Entity:
    if type_ == "url":
        text = text.rstrip(_TRAILING_PUNCTUATION)
        while text[-1:] in _CLOSERS and text.count(text[-1]) > text.count(_CLOSERS[text[-1]]):
            text = text[:-1].rstrip(_TRAILING_PUNCTUATION)
    return Entity(type_, offset, len(text))
