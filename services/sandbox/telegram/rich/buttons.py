from collections.abc import Iterator
from typing import Any, Final

from services.sandbox.telegram.buttons import read_inline_button
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.wire import Json

_MOST_IN_A_ROW: Final = 8


def rich_buttons(value: Any) -> Iterator[Json]:
    """The buttons of a rich message: those of its blocks and those within its texts."""
    if isinstance(value, list):
        for item in value:
            yield from rich_buttons(item)
    elif isinstance(value, dict):
        yield from _own(value)
        for item in value.values():
            yield from rich_buttons(item)


def check_buttons(blocks: list[Json]) -> None:
    """Raises ApiError for a button that cannot be, or a row with none or too many."""
    for button in rich_buttons(blocks):
        if "text" not in button:
            raise bad_request("Can't parse rich message button: Can't find field \"text\"")
        # The words may be formatted; the rest is as in an inline keyboard.
        read_inline_button({**button, "text": ""})


def _own(value: Json) -> Iterator[Json]:
    type_ = value.get("type")
    if type_ == "button" and isinstance(value.get("button"), dict):
        yield value["button"]
    elif type_ == "buttons" and "buttons" in value:
        row = value["buttons"]
        if not isinstance(row, list) or not 1 <= len(row) <= _MOST_IN_A_ROW:
            raise bad_request(f"a rich message row must have from 1 to {_MOST_IN_A_ROW} buttons")
        yield from (button for button in row if isinstance(button, dict))
