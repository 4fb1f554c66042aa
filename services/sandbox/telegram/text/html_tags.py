import re
from typing import Final

from services.sandbox.telegram.text.parse_error import SPACES, parse_error_at
from services.sandbox.telegram.text.utf16 import to_units

Attributes = dict[str, str]

_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE: Final = re.compile(r"&(?:#x([0-9a-fA-F]+)|#(\d+)|([a-zA-Z]+));?")


def decode_reference(text: str, index: int) -> tuple[str, int] | None:
    """The character behind `&...;` as UTF-16 units and where it ends; None where it stays as it is."""
    match = _REFERENCE.match(text, index)
    if not match:
        return None
    hexadecimal, decimal, name = match.groups()
    if name:
        return (_NAMED[name], match.end()) if name in _NAMED else None
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return (to_units(chr(code)), match.end()) if 0 < code < 0x10FFFF else None


def read_attributes(text: str, size: int, tag: str, begin: int, index: int) -> tuple[Attributes, int]:
    """The attributes of a start tag and the index of its `>`; raises ParseError in Telegram's words."""
    attributes: Attributes = {}
    while text[index] != ">":
        index = _skip_spaces(text, index)
        if text[index] == ">":
            break
        if index >= size:
            raise parse_error_at("Unclosed start tag", text, begin)
        name_begin = index
        while text[index] not in SPACES and text[index] not in "=>":
            index += 1
        name = text[name_begin:index].lower()
        if not name:
            raise parse_error_at(f'Empty attribute name in the tag "{tag}"', text, begin)
        index = _skip_spaces(text, index)
        if text[index] != "=":
            if (tag, name) != ("blockquote", "expandable"):
                reason = f'Expected equal sign in declaration of an attribute of the tag "{tag}"'
                raise parse_error_at(reason, text, begin)
            attributes[name] = "1"
            continue
        value, index = _read_value(text, size, tag, begin, _skip_spaces(text, index + 1))
        attributes.setdefault(name, value or ("1" if name == "expandable" else ""))
    return attributes, index


def _skip_spaces(text: str, index: int) -> int:
    while text[index] in SPACES and text[index] != "\0":
        index += 1
    return index


def _read_value(text: str, size: int, tag: str, begin: int, index: int) -> tuple[str, int]:
    if index >= size:
        raise parse_error_at(f'Unclosed start tag "{tag}"', text, begin)
    quote = text[index]
    if quote not in "'\"":
        end = index
        while (text[end].isascii() and text[end].isalnum()) or text[end] in ".-":
            end += 1
        if text[end] not in SPACES and text[end] != ">":
            raise parse_error_at("Unexpected end of name token", text, index)
        return text[index:end].lower(), end
    end = text.find(quote, index + 1, size)
    if end < 0 or end + 1 >= size:
        raise parse_error_at("Unclosed start tag", text, begin)
    return _decode(text[index + 1 : end]), end + 1


def _decode(value: str) -> str:
    def decoded(match: re.Match[str]) -> str:
        reference = decode_reference(value, match.start())
        return reference[0] if reference else match[0]

    return _REFERENCE.sub(decoded, value)
