import json
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from services.sandbox.google.refusals import failure, refusal
from services.sandbox.vendor import tokens
from services.sandbox.vendor.faults import Fault, FaultKind
from services.sandbox.vendor.questions import Question
from services.sandbox.vendor.wire import LONGEST, Usage, compact

FINISH_REASONS: Final = {LONGEST: "MAX_TOKENS", "content_filter": "SAFETY"}
USUAL_BLOCK: Final = "PROHIBITED_CONTENT"


class GoogleWire:
    """The Gemini API. https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse"""

    # Its chunks are longer than a token, and rarer.
    event_seconds = 0.1

    def __init__(self, n: int, question: Question) -> None:
        self._is_stream = question.is_stream
        self._tail = {"modelVersion": question.model, "responseId": f"sandbox{n:08d}"}
        self._prompt_count = sum(map(tokens.count, question.texts()))
        self._sent_count = 0

    def refused(self, fault: Fault) -> web.Response | None:
        if fault.kind is FaultKind.MODERATION:
            # No error to the vendor: an answer without a candidate.
            blocked = {"promptFeedback": {"blockReason": fault.code or USUAL_BLOCK}, **self._tail}
            if not self._is_stream:
                return web.json_response(blocked)
            return web.Response(body=_event(blocked), content_type="text/event-stream")
        said = refusal(fault)
        return said.response(fault.retry_after_seconds) if said else None

    def opening(self) -> bytes:
        return b""

    def deltas(self, group: Sequence[str]) -> bytes:
        # Each chunk carries what was counted up to it.
        self._sent_count += len(group)
        counts = {
            "promptTokenCount": self._prompt_count,
            "candidatesTokenCount": self._sent_count,
            "totalTokenCount": self._prompt_count + self._sent_count,
        }
        return _event({"candidates": [_candidate("".join(group))], "usageMetadata": counts, **self._tail})

    def completed(self, text: str, usage: Usage) -> bytes:  # noqa: ARG002 - a chunk never repeats the text
        return self._ending("STOP", usage)

    def incomplete(self, text: str, usage: Usage, reason: str) -> bytes:  # noqa: ARG002 - as above
        return self._ending(FINISH_REASONS.get(reason, reason), usage)

    def failed(self, code: str | None) -> bytes:
        return _event(failure(code).body())

    def error(self, code: str | None) -> bytes:
        # Servers in front of the vendor's know nothing of events.
        return f"{json.dumps(failure(code).body(), indent=2)}\n".encode()

    def whole(self, text: str, usage: Usage, incomplete_reason: str | None) -> dict[str, Any]:
        reason = FINISH_REASONS.get(incomplete_reason, incomplete_reason) if incomplete_reason else "STOP"
        return {"candidates": [_candidate(text, reason)], "usageMetadata": _counts(usage), **self._tail}

    def spoken(self, blob: dict[str, str], usage: Usage) -> dict[str, Any]:
        """Return an answer that is a sound."""
        content = {"parts": [{"inlineData": blob}], "role": "model"}
        candidate = {"content": content, "finishReason": "STOP", "index": 0}
        return {"candidates": [candidate], "usageMetadata": _counts(usage), **self._tail}

    def _ending(self, reason: str, usage: Usage) -> bytes:
        candidate = {"finishReason": reason, "index": 0}
        return _event({"candidates": [candidate], "usageMetadata": _counts(usage), **self._tail})


def _candidate(text: str, finish_reason: str | None = None) -> dict[str, Any]:
    candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    return {**candidate, "finishReason": finish_reason} if finish_reason else candidate


def _counts(usage: Usage) -> dict[str, int]:
    counts = {
        "promptTokenCount": usage.input_tokens,
        "candidatesTokenCount": usage.output_tokens - usage.reasoning_tokens,
        "totalTokenCount": usage.input_tokens + usage.output_tokens,
    }
    if usage.cached_tokens:
        counts["cachedContentTokenCount"] = usage.cached_tokens
    if usage.reasoning_tokens:
        counts["thoughtsTokenCount"] = usage.reasoning_tokens
    return counts


def _event(body: dict[str, Any]) -> bytes:
    return f"data: {compact(body)}\r\n\r\n".encode()
