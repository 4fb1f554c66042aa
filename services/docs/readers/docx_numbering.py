from collections import defaultdict
from typing import Any, Final

from docx.oxml.ns import qn

BULLET: Final = "• "
MAX_LEVELS: Final = 9
ROMAN: Final = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
CYRILLIC: Final = "абвгдежзиклмнопрстуфхцчшщэюя"


class Numbering:
    """Counts the items of lists as Word does. ECMA-376, part 1, 17.9."""

    def __init__(self, part: Any) -> None:
        self._levels: dict[str, dict[int, Any]] = {}
        self._styles: dict[str, Any] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._read_styles(part)
        try:
            root = part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {
            each.get(qn("w:abstractNumId")): {
                int(level.get(qn("w:ilvl"))): level for level in each.findall(qn("w:lvl"))
            }
            for each in root.findall(qn("w:abstractNum"))
        }
        for number in root.findall(qn("w:num")):
            meant = number.find(qn("w:abstractNumId"))
            if meant is not None:
                self._levels[number.get(qn("w:numId"))] = abstract.get(meant.get(qn("w:val")), {})

    def mark(self, paragraph: Any) -> str:
        """What stands before a `w:p` that is an item: a bullet or its number; empty for others."""
        properties = self._properties(paragraph)
        if properties is None:
            return ""
        number_id = _value(properties, "w:numId")
        depth = min(int(_value(properties, "w:ilvl") or "0"), MAX_LEVELS - 1)
        level = self._levels.get(number_id, {}).get(depth)
        if level is None or number_id == "0":
            return ""
        counts = self._counts[number_id]
        start = int(_value(level, "w:start") or "1")
        counts[depth] = counts[depth] + 1 if depth in counts else start
        for deeper in [known for known in counts if known > depth]:
            del counts[deeper]
        return self._shown(number_id, level, counts)

    def _shown(self, number_id: str, level: Any, counts: dict[int, int]) -> str:
        if _value(level, "w:numFmt") in ("bullet", "none", ""):
            return BULLET
        text = _value(level, "w:lvlText")
        for depth in range(MAX_LEVELS):
            place = f"%{depth + 1}"
            if place in text:
                own = self._levels[number_id].get(depth, level)
                text = text.replace(place, _written(counts.get(depth, 1), _value(own, "w:numFmt")))
        return f"{text} "

    def _properties(self, paragraph: Any) -> Any:
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if own is not None:
            return own
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._styles.get(style.get(qn("w:val"))) if style is not None else None

    def _read_styles(self, part: Any) -> None:
        for style in part.styles.element.findall(qn("w:style")):
            properties = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if properties is not None:
                self._styles[style.get(qn("w:styleId"))] = properties


def _value(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return (child.get(qn("w:val")) or "") if child is not None else ""


def _written(number: int, form: str) -> str:
    match form:
        case "lowerLetter" | "upperLetter":
            text = LATIN[(number - 1) % len(LATIN)]
        case "russianLower" | "russianUpper":
            text = CYRILLIC[(number - 1) % len(CYRILLIC)]
        case "lowerRoman" | "upperRoman":
            text = _roman(number)
        case _:
            return str(number)
    return text.upper() if form.startswith("upper") or form.endswith("Upper") else text


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
