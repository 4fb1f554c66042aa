from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.uploads import Upload
from services.sandbox.telegram.wire import Json, loads

NO_UPLOADS: Final[Mapping[str, Upload]] = MappingProxyType({})
_TRUE = frozenset({"true", "yes", "1"})


class Params:
    """The parameters of a call. Values may be strings (query, forms) or JSON of any type.

    As on the Bot API server, a number that cannot be read counts as 0 and a flag as false.
    """

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload] = NO_UPLOADS) -> None:
        self.values = values
        self.uploads = uploads

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        return default if value is None or value == "" else as_integer(value)

    def clamped(self, name: str, default: int, low: int, high: int) -> int:
        return min(max(self.integer(name, default), low), high)

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return value if isinstance(value, bool) else str(value).strip().lower() in _TRUE

    def json(self, name: str, what: str = "") -> Any:
        """A JSON value, or None where it is missing; raises ApiError where it does not parse."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return loads(value)
        except ValueError as error:
            raise bad_request(f"Can't parse {what or name.replace('_', ' ')} JSON object") from error

    def object(self, name: str, what: str = "") -> Json | None:
        """A JSON object, or None where it is missing; raises ApiError for anything else."""
        value = self.json(name, what)
        if value is None or isinstance(value, dict):
            return value
        raise bad_request(f"Can't parse {what or name.replace('_', ' ')}: expected an Object")


def as_integer(value: Any) -> int:
    """The number a JSON value or a string stands for, 0 where it stands for none."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0


def require_boolean(json: Json, name: str, prefix: str = "") -> bool:
    """A Boolean field of a JSON object, false where it is missing; raises ApiError for another type."""
    value = json.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise bad_request(f'{prefix}Field "{name}" must be of type Boolean')
    return value
