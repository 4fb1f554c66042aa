import re
from bisect import bisect_right
from collections.abc import Iterable
from enum import IntEnum

import regex

from services.gateway.rendering.formatted_text import Entity, EntityType
from services.gateway.rendering.utf16 import from_units

# White space at which a line may break: not the no-break spaces.
_GAP = re.compile(r"[^\S\u00a0\u202f]+")
_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"'»”’)\]]*\Z")
_IDEOGRAPHIC_SENTENCE = re.compile(r"[。！？]+[」』”]?")
_SENTENCE_TAIL = 4


class Tier(IntEnum):
    """How good a place for a cut is, the best first."""

    PARAGRAPH = 0
    LINE = 1
    SENTENCE = 2
    WORD = 3
    INSIDE_ENTITY = 4
    """Between words of inline code, of a link or of one line of code: only where these are too long."""


class Boundaries:
    """Where a formatted text may be cut. Everything counts UTF-16 code units."""

    def __init__(self, units: str, entities: Iterable[Entity]) -> None:
        self._units = units
        self._solids = [
            entity
            for entity in entities
            if entity.type in (EntityType.PRE, EntityType.CODE, EntityType.TEXT_LINK)
        ]
        self._offsets = [entity.offset for entity in self._solids]
        self._tiers: dict[Tier, list[int]] = {tier: [] for tier in Tier}
        self._resumes: dict[int, int] = {}
        for gap in _GAP.finditer(units):
            self._add_gap(gap.start(), gap.end())
        self._add_ideographic_sentences()

    def best(self, begin: int, end: int) -> int | None:
        """The best cut after `begin` and not after `end`; a better tier must fill half of the part."""
        half = begin + (end - begin) // 2
        candidates = [self._last(tier, end) for tier in Tier if tier is not Tier.INSIDE_ENTITY]
        for candidate in candidates:
            if candidate > begin and candidate >= half:
                return candidate
        return max(candidates) if max(candidates) > begin else None

    def forced(self, begin: int, end: int) -> int:
        """A cut for what has no good one: between words of an entity, else between visible characters."""
        inside = self._last(Tier.INSIDE_ENTITY, end)
        if inside > begin:
            return inside
        # A look beyond the end tells whether the character there goes on.
        return begin + _whole_characters(self._units[begin : end + 32], end - begin)

    def resume(self, cut: int) -> int:
        """Where the next part begins: after the white space, but with the indentation of code."""
        return self._resumes.get(cut, cut)

    def _last(self, tier: Tier, end: int) -> int:
        cuts = self._tiers[tier]
        before = bisect_right(cuts, end)
        return cuts[before - 1] if before else -1

    def _solid_around(self, position: int) -> Entity | None:
        before = bisect_right(self._offsets, position - 1) - 1
        return self._solids[before] if before >= 0 and self._solids[before].end > position else None

    def _add_gap(self, begin: int, end: int) -> None:
        gap = self._units[begin:end]
        solid = self._solid_around(begin)
        tier = _tier_of(gap, self._units[max(0, begin - _SENTENCE_TAIL) : begin])
        if solid is not None and solid.type is EntityType.PRE:
            tier = Tier.LINE if "\n" in gap else Tier.INSIDE_ENTITY
            end = begin + gap.rindex("\n") + 1 if "\n" in gap else end
        elif solid is not None:
            tier = Tier.INSIDE_ENTITY
        following = bisect_right(self._offsets, begin)
        if following < len(self._offsets):
            end = max(begin, min(end, self._offsets[following]))
        self._tiers[tier].append(begin)
        self._resumes[begin] = end

    def _add_ideographic_sentences(self) -> None:
        ends = [match.end() for match in _IDEOGRAPHIC_SENTENCE.finditer(self._units)]
        free = [end for end in ends if self._solid_around(end) is None and end not in self._resumes]
        self._tiers[Tier.SENTENCE] = sorted((*self._tiers[Tier.SENTENCE], *free))


def _tier_of(gap: str, before: str) -> Tier:
    if "\n" in gap:
        return Tier.PARAGRAPH if gap.count("\n") > 1 else Tier.LINE
    return Tier.SENTENCE if _ENDS_SENTENCE.search(before) else Tier.WORD


def _whole_characters(units: str, limit: int) -> int:
    """How many units of whole grapheme clusters fit; of one that alone is too long, whole code points."""
    fitting = 0
    for cluster in regex.findall(r"\X", from_units(units)):
        size = sum(2 if character > "\uffff" else 1 for character in cluster)
        if fitting + size > limit:
            break
        fitting += size
    if fitting:
        return fitting
    return limit - 1 if "\ud800" <= units[limit - 1] <= "\udbff" else limit
