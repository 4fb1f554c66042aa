from typing import Final

from services.sandbox.telegram.text.entities import (
    BLOCKQUOTES,
    PREFORMATTED,
    SPLITTABLE,
    Entity,
    in_order,
)

_END_OF_TEXT: Final = 2**31 - 1
_FLUSH_ORDER: Final = ("bold", "italic", "underline", "strikethrough", "spoiler")


def fix_nesting(entities: list[Entity]) -> list[Entity]:
    """Makes entities nest as Telegram does: drops intersections, splits bold and its like.

    Source: https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp (fix_entities)
    """
    entities = in_order(entities)
    if _is_valid(entities):
        return entities
    quotes = without_intersections([e for e in entities if e.is_blockquote])
    continuous = without_intersections([e for e in entities if e.is_continuous])
    solid = in_order([e for e in continuous if not _crosses_any(e, quotes)] + quotes)
    return _resplit([e for e in entities if e.is_splittable], solid)


def merge_detected(entities: list[Entity], detected: list[Entity]) -> list[Entity]:
    """Adds automatically found entities where the sender's own continuous ones leave room."""
    if not detected:
        return entities
    quotes = [e for e in entities if e.is_blockquote]
    continuous = [e for e in entities if e.is_continuous]
    free = [
        e
        for e in detected
        if not _crosses_any(e, quotes)
        and not any(e.offset < own.end and own.offset < e.end for own in continuous)
    ]
    return _resplit([e for e in entities if e.is_splittable], in_order(continuous + free + quotes))


def without_intersections(entities: list[Entity]) -> list[Entity]:
    """Keeps the first of every group of entities that touch the same text."""
    kept: list[Entity] = []
    last_end = 0
    for entity in entities:
        if entity.offset >= last_end:
            kept.append(entity)
            last_end = entity.end
    return kept


def _crosses_any(entity: Entity, quotes: list[Entity]) -> bool:
    def crosses(quote: Entity) -> bool:
        overlaps = quote.offset < entity.end and entity.offset < quote.end
        return overlaps and not (quote.offset <= entity.offset and entity.end <= quote.end)

    return any(crosses(quote) for quote in quotes)


def _is_valid(entities: list[Entity]) -> bool:
    stack: list[Entity] = []
    last_end: dict[str, int] = {}
    for entity in entities:
        while stack and entity.offset >= stack[-1].end:
            stack.pop()
        if stack and not _may_nest(entity, stack):
            return False
        if entity.is_splittable:
            if last_end.get(entity.type, -1) >= entity.offset:
                return False
            last_end[entity.type] = entity.end
        stack.append(entity)
    return True


def _may_nest(entity: Entity, parents: list[Entity]) -> bool:
    types = {parent.type for parent in parents}
    if entity.end > parents[-1].end or entity.type in types or types & PREFORMATTED or types & SPLITTABLE:
        return False
    if entity.type in PREFORMATTED and types - BLOCKQUOTES:
        return False
    return entity.is_splittable or not any(parent.is_continuous for parent in parents)


def _resplit(splittable: list[Entity], solid: list[Entity]) -> list[Entity]:
    if not splittable:
        return solid
    return in_order(solid + _Splitter(in_order(splittable)).split(solid))


class _Splitter:
    """Cuts overlapping styles into pieces that lie wholly inside or outside of the solid entities."""

    def __init__(self, entities: list[Entity]) -> None:
        self._entities = entities
        self._next = 0
        self._open: dict[str, tuple[int, int]] = {}
        self._pieces: list[Entity] = []

    def split(self, solid: list[Entity]) -> list[Entity]:
        stack: list[Entity] = []
        for entity in solid:
            self._advance(stack, entity.offset)
            stack.append(entity)
        self._advance(stack, _END_OF_TEXT)
        return self._pieces

    def _advance(self, stack: list[Entity], offset: int) -> None:
        while stack and offset >= stack[-1].end:
            before = len(self._pieces)
            self._add_until(stack[-1].end)
            if stack[-1].type in PREFORMATTED:
                del self._pieces[before:]
            stack.pop()
        self._add_until(offset)

    def _add_until(self, offset: int) -> None:
        while self._next < len(self._entities) and self._entities[self._next].offset < offset:
            entity = self._entities[self._next]
            begin, end = self._open.get(entity.type, (0, 0))
            if end and entity.offset <= end:
                self._open[entity.type] = begin, max(end, entity.end)
            else:
                self._flush(entity.offset)
                self._open[entity.type] = entity.offset, entity.end
            self._next += 1
        self._flush(offset)

    def _flush(self, offset: int) -> None:
        for type_ in _FLUSH_ORDER:
            if type_ not in self._open:
                continue
            begin, end = self._open[type_]
            if begin >= offset:
                continue
            self._pieces.append(Entity(type_, begin, min(end, offset) - begin))
            if end <= offset:
                del self._open[type_]
            else:
                self._open[type_] = offset, end
