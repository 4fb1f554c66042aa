from collections.abc import Iterator
from typing import Any, Final

# https://core.telegram.org/bots/api#inputrichmessage
MAX_CHARACTERS: Final = 32_768
MAX_BLOCKS: Final = 500
MAX_DEPTH: Final = 16
MAX_COLUMNS: Final = 20
FRAME_BLOCKS: Final = 3
FRAME_CHARACTERS: Final = 2048
"""Room for the question above an answer and the note below."""
TEXT_FIELDS: Final = ("text", "expression")


def fits(blocks: list[dict[str, Any]]) -> bool:
    """Whether Telegram takes blocks as one rich message, also with something said above and below."""
    everything = list(_walk(blocks, 1))
    rows = [row for block, _depth in everything for row in block.get("cells", ())]
    characters = sum(_length(block.get(name)) for block, _depth in everything for name in TEXT_FIELDS)
    characters += sum(_length(cell["text"]) for row in rows for cell in row)
    return (
        0 < len(everything) <= MAX_BLOCKS - FRAME_BLOCKS
        and all(depth <= MAX_DEPTH for _block, depth in everything)
        and all(0 < len(row) <= MAX_COLUMNS for row in rows)
        and characters <= MAX_CHARACTERS - FRAME_CHARACTERS
    )


def _walk(blocks: list[dict[str, Any]], depth: int) -> Iterator[tuple[dict[str, Any], int]]:
    for block in blocks:
        yield block, depth
        yield from _walk(block.get("blocks", []), depth + 1)
        for item in block.get("items", ()):
            yield from _walk(item["blocks"], depth + 1)


def _length(text: Any) -> int:
    if isinstance(text, str):
        return len(text)
    if isinstance(text, list):
        return sum(map(_length, text))
    return _length(text.get("text") or text.get("expression")) if isinstance(text, dict) else 0
