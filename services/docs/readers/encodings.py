import re
from itertools import pairwise
from typing import Final

from charset_normalizer import from_bytes

# In this order, because in doubt the more usual one is meant.
CYRILLIC: Final = ("cp1251", "koi8_r", "cp866", "mac_cyrillic", "iso8859_5")
MIXED: Final = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff](?=[A-Za-z])")
SAMPLE_BYTES: Final = 50_000
LEAST_SAMPLE_BYTES: Final = 200
"""Of less a detector makes what it likes; the most usual encoding of the West is the better guess."""
# Letters of Russian text, the most frequent first: half of any text are the first seven.
FREQUENT: Final = frozenset("оеаинтсрвлкмдп")


def decoded(content: bytes) -> str:
    """Make text of bytes in whatever encoding they are. Line ends are unix ones."""
    for encoding in _marked(content):
        try:
            return _clean(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    sample = content[:SAMPLE_BYTES]
    found = _cyrillic(sample)
    if found is None:
        best = from_bytes(sample).best() if len(sample) >= LEAST_SAMPLE_BYTES else None
        found = best.encoding if best else "cp1252"
    return _clean(content.decode(found, errors="replace"))


def _marked(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return ("utf-32",)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = content[:4096]
    for encoding, upper in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        # The upper half of a Latin or a Cyrillic letter.
        if len(upper) > 1 and upper.count(0) + upper.count(4) > len(upper) * 0.8:
            return (encoding,)
    return ("utf-8-sig",)


def _cyrillic(sample: bytes) -> str | None:
    """The Russian encoding that makes the most Russian of it, if one does.

    A detector for all languages takes short Russian texts for Bulgarian or Turkish ones.
    """
    high = sum(byte >= 0x80 for byte in sample)
    mixed = len(MIXED.findall(sample))
    # In Western text an accent stands among plain letters; a Russian word has none of these.
    if high == 0 or mixed > high // 4:
        return None
    scores = {encoding: _russian(sample.decode(encoding, errors="replace")) for encoding in CYRILLIC}
    best = max(scores, key=lambda encoding: scores[encoding])
    return best if scores[best] > 0 else None


def _russian(text: str) -> float:
    """How Russian a text is: frequent letters, case as in words, few signs that no text has."""
    letters = [sign for sign in text if "а" <= sign.lower() <= "я" or sign in "ёЁ"]
    if len(letters) < len(text) // 4:
        return -1.0
    frequent = sum(sign.lower() in FREQUENT for sign in letters) / len(letters)
    odd_case = sum(second.isupper() and first.islower() for first, second in pairwise(text))
    strange = sum(sign == "\ufffd" or "\u2500" <= sign <= "\u259f" for sign in text)
    return frequent - 3 * (odd_case + strange) / len(text) - 0.4


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
