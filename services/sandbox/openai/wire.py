import json
from dataclasses import dataclass
from typing import Any, Protocol

from services.sandbox.openai.refusals import Refusal


@dataclass(frozen=True)
class Usage:
    """What an answer cost, by the sandbox's own way of counting (tokens.py)."""

    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int


class Wire(Protocol):
    """How one of the vendor's APIs puts an answer into bytes. All but `whole` are server-sent events."""

    def opening(self) -> bytes: ...

    def delta(self, token: str) -> bytes: ...

    def completed(self, text: str, usage: Usage) -> bytes: ...

    def incomplete(self, text: str, usage: Usage, reason: str) -> bytes: ...

    def failed(self, refusal: Refusal) -> bytes: ...

    def error(self, refusal: Refusal) -> bytes: ...

    def whole(self, text: str, usage: Usage, incomplete_reason: str | None) -> dict[str, Any]: ...


def compact(value: object) -> str:
    """Write JSON as the vendor does: no spaces, and text as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
