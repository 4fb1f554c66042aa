import json
import struct
from typing import Any, BinaryIO, Final

HEADER: Final = struct.Struct(">cI")
JSON: Final = b"j"
BYTES: Final = b"b"


def write_json(target: BinaryIO, message: dict[str, Any]) -> None:
    """Send a message."""
    _write(target, JSON, json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))


def write_bytes(target: BinaryIO, content: bytes) -> None:
    """Send a file."""
    _write(target, BYTES, content)


def _write(target: BinaryIO, kind: bytes, content: bytes) -> None:
    target.write(HEADER.pack(kind, len(content)))
    target.write(content)
    target.flush()
