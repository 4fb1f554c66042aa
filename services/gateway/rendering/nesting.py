from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

from services.gateway.rendering.formatted_text import Entity, EntityType

STYLES = (
    EntityType.BOLD,
    EntityType.ITALIC,
    EntityType.UNDERLINE,
    EntityType.STRIKETHROUGH,
    EntityType.SPOILER,
)
PREFORMATTED = (EntityType.PRE, EntityType.CODE)
# Outer first. A link wins over code at the same place: the address is worth more than the look.
_ORDER = (EntityType.BLOCKQUOTE, EntityType.TEXT_LINK, EntityType.PRE, EntityType.CODE, *STYLES)


def nested(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """The entities as Telegram lets them nest, so that it changes neither their looks nor their number.

    Quotes do not hold quotes, links do not hold code, code holds nothing, and a style is cut wherever another
    entity begins or ends in it: https://core.telegram.org/bots/api#messageentity and TDLib's `fix_entities`.
    """
    ordered = sorted(entities, key=_place)
    quotes = _outermost(entity for entity in ordered if entity.type is EntityType.BLOCKQUOTE)
    solids = _outermost(entity for entity in ordered if entity.type in (EntityType.TEXT_LINK, *PREFORMATTED))
    styles = [entity for entity in ordered if entity.type in STYLES]
    cuts = {style.offset for style in styles}
    cuts.update(edge for solid in (*quotes, *solids) for edge in (solid.offset, solid.end))
    code = [entity for entity in solids if entity.type in PREFORMATTED]
    return tuple(sorted((*quotes, *solids, *_pieces(styles, sorted(cuts), code)), key=_place))


def _place(entity: Entity) -> tuple[int, int, int]:
    return entity.offset, -entity.length, _ORDER.index(entity.type)


def _outermost(ordered: Iterable[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in ordered:
        if not kept or entity.offset >= kept[-1].end:
            kept.append(entity)
    return kept


def _pieces(styles: list[Entity], cuts: list[int], code: list[Entity]) -> Iterator[Entity]:
    code_offsets = [entity.offset for entity in code]
    for type_ in STYLES:
        for begin, end in _united(entity for entity in styles if entity.type is type_):
            inner = cuts[bisect_right(cuts, begin) : bisect_left(cuts, end)]
            for left, right in pairwise((begin, *inner, end)):
                before = bisect_right(code_offsets, left) - 1
                if before < 0 or code[before].end <= left:
                    yield Entity(type_, left, right - left)


def _united(ordered: Iterable[Entity]) -> list[tuple[int, int]]:
    united: list[tuple[int, int]] = []
    for entity in ordered:
        if united and entity.offset <= united[-1][1]:
            united[-1] = united[-1][0], max(united[-1][1], entity.end)
        else:
            united.append((entity.offset, entity.end))
    return united
