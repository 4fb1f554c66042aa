def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of every Telegram offset and limit."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def to_units(text: str) -> str:
    """The text as a string of UTF-16 code units, so that plain slicing works on Telegram's offsets."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) == 2 * len(text):
        return text
    return "".join(map(chr, memoryview(encoded).cast("H")))


def from_units(units: str) -> str:
    """The inverse of `to_units`; raises UnicodeDecodeError where a surrogate pair was cut."""
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def byte_offset(units: str, index: int) -> int:
    """The UTF-8 offset of a unit index: error texts of Telegram count bytes."""
    return len(units[:index].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode())
