import json
from typing import Any

Json = dict[str, Any]


def dumps(value: Any) -> bytes:
    """Compact UTF-8 JSON. Lone surrogates cannot occur: incoming strings are checked."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def loads(data: bytes | str) -> Any:
    return json.loads(data)
