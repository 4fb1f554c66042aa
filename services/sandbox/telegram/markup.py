from typing import Any, Final, NamedTuple

from services.sandbox.telegram.buttons import read_inline_button, read_reply_button
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params, require_boolean
from services.sandbox.telegram.wire import Json, dumps

_MAX_BUTTONS: Final = 100
_MAX_BYTES: Final = 10_000
_KEYBOARD_FLAGS: Final = ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective")


class Markup(NamedTuple):
    """A checked reply markup: an inline keyboard stays with its message, the rest changes the input field."""

    inline: Json | None = None
    keyboard: Json | None = None


NO_MARKUP: Final = Markup()


def read_markup(params: Params) -> Markup:
    """Checks `reply_markup`; raises ApiError in Telegram's words."""
    value = params.json("reply_markup", "reply keyboard markup")
    if value is None:
        return NO_MARKUP
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline_markup(value)
    if "keyboard" in value:
        return Markup(keyboard=_reply_keyboard(value))
    for name in ("remove_keyboard", "force_reply"):
        if require_boolean(value, name):
            return Markup(keyboard=value)
    return NO_MARKUP


def _inline_markup(value: Json) -> Markup:
    rows = _rows(value, "inline_keyboard")
    keyboard = [row for row in ([read_inline_button(button) for button in row] for row in rows) if row]
    _check_size(keyboard)
    return Markup(inline={"inline_keyboard": keyboard} if keyboard else {})


def _reply_keyboard(value: Json) -> Json:
    rows = _rows(value, "keyboard")
    keyboard = [row for row in ([read_reply_button(button) for button in row] for row in rows) if row]
    _check_size(keyboard)
    flags = {name: True for name in _KEYBOARD_FLAGS if require_boolean(value, name)}
    placeholder = value.get("input_field_placeholder")
    return {"keyboard": keyboard, **flags} | ({"input_field_placeholder": placeholder} if placeholder else {})


def _rows(value: Json, name: str) -> list[list[Any]]:
    rows = value[name]
    if not isinstance(rows, list):
        raise bad_request(f'Field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f'Field "{name}" must be an Array of Arrays')
    return rows


def _check_size(keyboard: list[list[Json]]) -> None:
    if sum(map(len, keyboard)) > _MAX_BUTTONS or len(dumps(keyboard)) > _MAX_BYTES:
        raise bad_request("reply markup is too long")
