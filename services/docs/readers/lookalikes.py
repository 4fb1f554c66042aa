import re
from typing import Final

LATIN: Final = "ABCEHKMOPTXaceopxyk"
CYRILLIC: Final = "АВСЕНКМОРТХасеорхук"
TO_CYRILLIC: Final = str.maketrans(LATIN, CYRILLIC)
TO_LATIN: Final = str.maketrans(CYRILLIC, LATIN)
WORD: Final = re.compile(r"[^\W\d_]+")
ROMAN: Final = re.compile(r"X+")


def in_one_script(line: str) -> str:
    """Write the words of a recognised line in letters of one script: a machine takes some for the other's."""
    is_cyrillic = sum(map(_is_cyrillic, line)) > sum(sign.isascii() and sign.isalpha() for sign in line)
    return WORD.sub(lambda word: _in_one_script(word.group(), is_cyrillic=is_cyrillic), line)


def _in_one_script(word: str, *, is_cyrillic: bool) -> str:
    cyrillic = {sign for sign in word if _is_cyrillic(sign)}
    latin = set(word) - cyrillic
    if latin and latin <= set(LATIN) and (cyrillic or is_cyrillic) and not ROMAN.fullmatch(word):
        return word.translate(TO_CYRILLIC)
    if cyrillic and latin and cyrillic <= set(CYRILLIC):
        return word.translate(TO_LATIN)
    return word


def _is_cyrillic(sign: str) -> bool:
    return "\u0400" <= sign <= "\u04ff"
