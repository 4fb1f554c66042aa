import struct
from typing import Final

LENGTH: Final = struct.Struct(">BI")
OK: Final = 0
FAILED: Final = 1


def framed(status: int, content: bytes) -> bytes:
    """A message between the press and its worker: how it went, its length, itself."""
    return LENGTH.pack(status, len(content)) + content
