def utf16_length(text: str) -> int:
    """The length in UTF-16 code units, in which Telegram counts every offset and limit."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def to_units(text: str) -> str:
    """The text as one character per UTF-16 code unit, so that Telegram's offsets index it directly."""
    encoded = text.encode("utf-16-le")
    return text if len(encoded) == 2 * len(text) else "".join(map(chr, memoryview(encoded).cast("H")))


def from_units(units: str) -> str:
    """The inverse of `to_units`. Half of a surrogate pair at an end stays what it is."""
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
