import re
from bisect import bisect_left
from typing import Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.text.entities import HIDDEN_DATA, Entity
from services.sandbox.telegram.text.utf16 import byte_offset

_CONTROL: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED: Final = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_BLANK: Final = " \n"


def clean(units: str, entities: list[Entity]) -> str:
    """Spaces for control characters; carriage returns and direction overrides are taken out.

    Entities move along. Source: MessageEntity.cpp (clean_input_string_with_entities).
    """
    units = _CONTROL.sub(" ", units)
    removed = [match.start() for match in _REMOVED.finditer(units)]
    if removed:
        for entity in entities:
            begin = entity.offset - bisect_left(removed, entity.offset)
            end = entity.end - bisect_left(removed, entity.end)
            entity.offset, entity.length = begin, end - begin
        units = _REMOVED.sub("", units)
    return units


def check_positions(units: str, entities: list[Entity]) -> None:
    """Raises ApiError where an entity leaves the text or cuts a character in two."""
    size = len(units)
    for entity in entities:
        if entity.offset >= size and entity.length:
            raise bad_request(f"Entity begins after the end of the text at UTF-16 offset {entity.offset}")
        if entity.end > size:
            raise bad_request(
                f"Entity beginning at UTF-16 offset {entity.offset} "
                f"ends after the end of the text at UTF-16 offset {entity.end}"
            )
        if _inside_character(units, entity.offset):
            where = byte_offset(units, entity.offset + 1)
            raise bad_request(f"Entity begins in a middle of a UTF-16 symbol at byte offset {where}")
        if _inside_character(units, entity.end):
            where = byte_offset(units, entity.end + 1)
            raise bad_request(
                f"Entity beginning at UTF-16 offset {entity.offset} "
                f"ends in a middle of a UTF-16 symbol at byte offset {where}"
            )


def without_blank(units: str, entities: list[Entity]) -> list[Entity]:
    """Moves entities past leading white space and drops those that hold nothing else."""
    kept = []
    for entity in entities:
        if entity.type not in HIDDEN_DATA:
            content = units[entity.offset : entity.end]
            blank = len(content) - len(content.lstrip(_BLANK))
            entity.offset, entity.length = entity.offset + blank, entity.length - blank
        if entity.length > 0:
            kept.append(entity)
    return kept


def trim(units: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Takes white space off both ends, on the left only up to the first entity."""
    units = units.rstrip(_BLANK)
    size = len(units)
    for entity in entities:
        entity.length = min(entity.end, size) - entity.offset
    entities = [entity for entity in entities if entity.length > 0]
    blank = size - len(units.lstrip(_BLANK))
    shift = min(blank, min((entity.offset for entity in entities), default=blank))
    for entity in entities:
        entity.offset -= shift
    return units[shift:], entities


def _inside_character(units: str, index: int) -> bool:
    return 0 < index < len(units) and "\udc00" <= units[index] <= "\udfff"
