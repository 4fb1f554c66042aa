from typing import Final

from services.sandbox.telegram.text.utf16 import byte_offset

# The parsers look ahead by up to two characters; the C++ originals read a terminating NUL there.
PADDING: Final = "\0\0\0"
SPACES: Final = " \t\r\n\0\v"


class ParseError(Exception):
    """Marked-up text that Telegram refuses; the message is Telegram's reason."""


def parse_error_at(reason: str, units: str, index: int, tail: str = "") -> ParseError:
    return ParseError(f"{reason} at byte offset {byte_offset(units, index)}{tail}")
