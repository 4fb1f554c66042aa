from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """An answer of the Bot API that is not `ok`; `description` is Telegram's own wording."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = dict(parameters or {})


class ConnectionCut(Exception):
    """The connection is to be closed without an answer (an injected fault)."""


class ControlError(Exception):
    """A request to the control API that cannot be done; the text goes to the caller."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def bad_request(reason: str) -> ApiError:
    """A 400 whose first letter is lower-cased as the Bot API server does (constants stay upper-case)."""
    second = reason[1:2]
    keep = second == "_" or ("A" <= second <= "Z")
    return ApiError(400, f"Bad Request: {reason if keep else reason[:1].lower() + reason[1:]}")


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(retry_after_seconds: int) -> ApiError:
    return ApiError(
        429,
        f"Too Many Requests: retry after {retry_after_seconds}",
        {"retry_after": retry_after_seconds},
    )
