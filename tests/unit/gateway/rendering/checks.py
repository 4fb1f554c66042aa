import re

import regex

from services.gateway.rendering import EntityType, FormattedText, to_dicts, utf16_length
from services.gateway.rendering.utf16 import to_units
from services.sandbox.telegram.text.formatting import finish_text, read_text

FOOTER = re.compile(r"\n\n(\d+)/(\d+)\Z")
ATOMIC = (EntityType.CODE, EntityType.TEXT_LINK)


def assert_telegram_takes(message: FormattedText) -> None:
    """Telegram shows the text as it is, with exactly these entities."""
    given = list(to_dicts(message.entities))
    shown = finish_text(read_text(message.text, "", given, lambda _user_id: None))
    assert shown.text == (message.text if message.entities else message.text.lstrip(" \n"))
    assert len(message.entities) <= 100
    assert list(message.entities) == sorted(
        message.entities, key=lambda entity: (entity.offset, -entity.length)
    )
    assert all(0 <= entity.offset < entity.end <= utf16_length(message.text) for entity in message.entities)


def body_of(part: FormattedText, number: int, count: int) -> str:
    """The text of a part without its footer, which must be right."""
    footer = FOOTER.search(part.text)
    if count == 1:
        return part.text
    assert footer is not None
    assert (int(footer[1]), int(footer[2])) == (number, count)
    return part.text[: footer.start()]


def places_of(parts: list[FormattedText], whole: FormattedText) -> list[tuple[int, int]]:
    """Where each part's body stands in the whole text: in order, with nothing but white space left out."""
    units, begin, places = to_units(whole.text), 0, []
    for number, part in enumerate(parts, start=1):
        body = to_units(body_of(part, number, len(parts)))
        found = units.find(body, begin)
        assert found >= 0
        assert not units[begin:found].strip()
        begin = found + len(body)
        places.append((found, begin))
    assert not units[begin:].strip()
    return places


def marks_of(formatted: FormattedText, length: int) -> list[frozenset[tuple[str, str | None, str | None]]]:
    """For each UTF-16 unit, how it is marked."""
    marks: list[set[tuple[str, str | None, str | None]]] = [set() for _ in range(length)]
    for entity in formatted.entities:
        for unit in range(entity.offset, min(entity.end, length)):
            marks[unit].add((entity.type, entity.url, entity.language))
    return [frozenset(mark) for mark in marks]


def assert_cut_is_good(whole: FormattedText, end: int, following: int, room: int) -> None:
    """Between two parts: no word, link, inline code or line of code is cut that fits in one part."""
    units = to_units(whole.text)
    around = [entity for entity in whole.entities if entity.offset < end and following < entity.end]
    for entity in around:
        assert entity.type not in ATOMIC or entity.length > room
        if entity.type is EntityType.PRE and units[following - 1] != "\n":
            line_begin = units.rfind("\n", 0, end) + 1
            line_end = units.find("\n", following)
            assert (line_end if line_end >= 0 else len(units)) - line_begin > room
    if end == following:
        word_begin = max(units.rfind(" ", 0, end), units.rfind("\n", 0, end)) + 1
        word = re.match(r"\S*", units[word_begin:])
        assert word is not None
        assert len(word[0]) > room
        assert end in _character_ends(whole.text)


def _character_ends(text: str) -> set[int]:
    ends, position = set(), 0
    for cluster in regex.findall(r"\X", text):
        position += utf16_length(cluster)
        ends.add(position)
    return ends
