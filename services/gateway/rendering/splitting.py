from services.gateway.rendering.boundaries import Boundaries
from services.gateway.rendering.formatted_text import Entity, FormattedText, clip
from services.gateway.rendering.utf16 import from_units, to_units, utf16_length

MAX_TEXT_UTF16 = 4096
"""https://core.telegram.org/bots/api#sendmessage"""
MAX_ENTITIES = 100
"""Telegram drops what comes after, without a word."""
_FOOTER = "\n\n{number}/{count}"


def split(formatted: FormattedText, limit_utf16: int = MAX_TEXT_UTF16) -> list[FormattedText]:
    """The text as messages that Telegram takes, with a footer "1/3" where there are several.

    Cuts are between paragraphs, else lines, sentences, words; never in a word, a link or inline code that
    fits in one message, and never in a character. Code, quotes and styles go on in the next part. Only white
    space is dropped. A text without visible characters gives no message.
    """
    parts = cut(formatted, limit_utf16)
    digits = 0
    while len(parts) > 1 and len(str(len(parts))) > digits:
        digits += 1
        footer_utf16 = len(_FOOTER.format(number="", count="")) + 2 * digits
        parts = cut(formatted, limit_utf16 - footer_utf16)
    if len(parts) < 2:
        return parts
    return [
        FormattedText(part.text + _FOOTER.format(number=number, count=len(parts)), part.entities)
        for number, part in enumerate(parts, start=1)
    ]


def cut(formatted: FormattedText, limit_utf16: int) -> list[FormattedText]:
    """The parts of `split` without footers."""
    entities = sorted(formatted.entities, key=lambda entity: (entity.offset, -entity.length))
    fits = utf16_length(formatted.text) <= limit_utf16 and len(entities) <= MAX_ENTITIES
    if fits:
        return [formatted] if formatted.text.strip() else []
    units = to_units(formatted.text)
    boundaries = Boundaries(units, entities)
    parts, begin = [], 0
    while begin < len(units):
        entities = [entity for entity in entities if entity.end > begin]
        end = _end_of_part(boundaries, entities, begin, len(units), limit_utf16)
        text = units[begin:end].rstrip()
        if text:
            inside = clip(entities, begin, begin + len(text))[:MAX_ENTITIES]
            parts.append(FormattedText(from_units(text), inside))
        begin = boundaries.resume(end)
    return parts


def _end_of_part(
    boundaries: Boundaries, entities: list[Entity], begin: int, text_end: int, limit_utf16: int
) -> int:
    limit = min(begin + limit_utf16, text_end)
    if len(entities) > MAX_ENTITIES and entities[MAX_ENTITIES].offset < limit:
        within = boundaries.best(begin, max(begin, entities[MAX_ENTITIES].offset))
        if within is not None:
            return within
    if limit == text_end:
        return text_end
    best = boundaries.best(begin, limit)
    return boundaries.forced(begin, limit) if best is None else best
