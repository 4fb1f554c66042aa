from collections.abc import Iterator
from typing import Any, Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import as_integer
from services.sandbox.telegram.wire import Json

MAX_CHARACTERS: Final = 32_768
MAX_BLOCKS: Final = 500
MAX_DEPTH: Final = 16
MAX_MEDIA: Final = 50
MAX_COLUMNS: Final = 20

_MEDIA: Final = frozenset({"photo", "video", "animation", "audio", "document", "voice_note"})
_TEXT_FIELDS: Final = ("text", "caption", "summary", "credit", "expression")


def check_bounds(blocks: list[Json]) -> None:
    """Raises ApiError where a rich message is larger than Telegram accepts."""
    everything = list(_walk(blocks, 1))
    if len(everything) > MAX_BLOCKS:
        raise bad_request(f"rich message has too many blocks; at most {MAX_BLOCKS} are allowed")
    if any(depth > MAX_DEPTH for _, depth in everything):
        raise bad_request(f"rich message blocks are nested too deep; at most {MAX_DEPTH} levels are allowed")
    if sum(block.get("type") in _MEDIA for block, _ in everything) > MAX_MEDIA:
        raise bad_request(f"rich message has too many media; at most {MAX_MEDIA} are allowed")
    for block, _ in everything:
        if any(_columns(row) > MAX_COLUMNS for row in block.get("cells") or ()):
            raise bad_request(f"rich message table has too many columns; at most {MAX_COLUMNS} are allowed")
    if sum(_characters(block) for block, _ in everything) > MAX_CHARACTERS:
        raise bad_request("message is too long")


def plain_length(text: Any) -> int:
    """Characters of a RichText: a string, a list of them, or an object with a `text`."""
    if isinstance(text, str):
        return len(text)
    if isinstance(text, list):
        return sum(map(plain_length, text))
    if isinstance(text, dict):
        return plain_length(text.get("text") or text.get("expression"))
    return 0


def _walk(blocks: list[Json], depth: int) -> Iterator[tuple[Json, int]]:
    for block in blocks:
        yield block, depth
        yield from _walk(block.get("blocks") or [], depth + 1)
        for item in block.get("items") or ():
            yield from _walk(item.get("blocks") or [], depth + 1)


def _columns(row: list[Json]) -> int:
    return sum(as_integer(cell.get("colspan")) or 1 for cell in row)


def _characters(block: Json) -> int:
    own = sum(plain_length(block.get(name)) for name in _TEXT_FIELDS)
    return own + sum(plain_length(cell.get("text")) for row in block.get("cells") or () for cell in row)
