import json
import struct
from typing import Any, Final

LENGTH: Final = struct.Struct(">II")
MAX_HEAD_BYTES: Final = 4096
MAX_CONTENT_BYTES: Final = 64 * 1024 * 1024


class BadFrame(Exception):
    """What came is no frame."""


def opening(head: dict[str, Any], content_bytes: int) -> bytes:
    """Write the lengths and the head of a frame; its content comes after."""
    encoded = json.dumps(head).encode()
    return LENGTH.pack(len(encoded), content_bytes) + encoded


def lengths(prefix: bytes) -> tuple[int, int]:
    """Read how long head and content are. Raises BadFrame for more than there can be."""
    head_bytes, content_bytes = LENGTH.unpack(prefix)
    if head_bytes > MAX_HEAD_BYTES or content_bytes > MAX_CONTENT_BYTES:
        raise BadFrame("a frame is too long")
    return head_bytes, content_bytes


def head(encoded: bytes) -> dict[str, Any]:
    """Read a head. Raises BadFrame."""
    try:
        found = json.loads(encoded)
    except ValueError as error:
        raise BadFrame("a frame has no head") from error
    if not isinstance(found, dict):
        raise BadFrame("a frame has a strange head")
    return found
