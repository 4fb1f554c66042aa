import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiohttp import web

from services.sandbox.vendor.faults import Fault

# Why an answer ends early, unless a fault names another reason: it is as long as it may be.
LONGEST: Final = "max_output_tokens"
# Where a picture goes in a body.
PICTURE: Final = "<picture>"


@dataclass(frozen=True)
class Usage:
    """What an answer cost, by the sandbox's own way of counting (tokens.py)."""

    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int


class Wire(Protocol):
    """How one of a vendor's APIs puts an answer into bytes: server-sent events, but for `whole`."""

    event_seconds: float
    """The least time between two events with text."""

    def refused(self, fault: Fault) -> web.Response | None:
        """Return the vendor's error answer to a fault, or None if it strikes later, in the stream."""
        ...

    def opening(self) -> bytes: ...

    def deltas(self, group: Sequence[str]) -> bytes:
        """Return the tokens that fell due together, in as many events as the vendor makes of them."""
        ...

    def completed(self, text: str, usage: Usage) -> bytes: ...

    def incomplete(self, text: str, usage: Usage, reason: str) -> bytes: ...

    def failed(self, code: str | None) -> bytes:
        """Return the vendor's way to say that the answer has failed."""
        ...

    def error(self, code: str | None) -> bytes:
        """Return the vendor's way to say that the stream has failed."""
        ...

    def whole(self, text: str, usage: Usage, incomplete_reason: str | None) -> dict[str, Any]: ...


def compact(value: object) -> str:
    """Write JSON as vendors do: no spaces, and text as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def compact_with(picture: bytes, value: object) -> bytes:
    """Write JSON with a picture in Base64 at its one PICTURE, which may be of many megabytes."""
    before, after = compact(value).encode().split(PICTURE.encode())
    return b"".join((before, b64encode(picture), after))
