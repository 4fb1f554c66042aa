import json
from typing import Any

Json = dict[str, Any]


def dumps(value: Any) -> bytes:
    """Compact UTF-8 JSON; halves of surrogate pairs, which UTF-8 cannot hold, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def loads(data: bytes | str) -> Any:
    return json.loads(data)
