import json
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from services.sandbox.openai.refusals import failure, refused
from services.sandbox.vendor.faults import Fault
from services.sandbox.vendor.wire import Usage, compact

FINISH_REASONS: Final = {"max_output_tokens": "length", "content_filter": "content_filter"}


class ChatWire:
    """The Chat Completions API. https://developers.openai.com/api/reference/resources/chat"""

    event_seconds = 0.01  # a token is an event

    def __init__(self, n: int, model: str, created_at: int, *, wants_usage: bool) -> None:
        self._id = f"chatcmpl-sandbox{n:08d}"
        self._model = model
        self._created_at = created_at
        self._wants_usage = wants_usage
        head = compact(self._head("chat.completion.chunk"))[:-1]
        self._delta_head = f'data: {head},"choices":[{{"index":0,"finish_reason":null,"delta":{{"content":'

    def refused(self, fault: Fault) -> web.Response | None:
        return refused(fault)

    def opening(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""}, None)

    def deltas(self, group: Sequence[str]) -> bytes:
        return b"".join(map(self._delta, group))

    def _delta(self, token: str) -> bytes:
        return f"{self._delta_head}{json.dumps(token, ensure_ascii=False)}}}}}]}}\n\n".encode()

    def completed(self, text: str, usage: Usage) -> bytes:  # noqa: ARG002 - a chunk never repeats the text
        return self._chunk({}, "stop") + self._usage(usage) + b"data: [DONE]\n\n"

    def incomplete(self, text: str, usage: Usage, reason: str) -> bytes:  # noqa: ARG002 - as above
        return self._chunk({}, FINISH_REASONS.get(reason, reason)) + self._usage(usage) + b"data: [DONE]\n\n"

    def failed(self, code: str | None) -> bytes:
        return f"data: {compact(failure(code).body())}\n\n".encode()

    def error(self, code: str | None) -> bytes:
        return self.failed(code)

    def whole(self, text: str, usage: Usage, incomplete_reason: str | None) -> dict[str, Any]:
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": None},
            "finish_reason": FINISH_REASONS.get(incomplete_reason, incomplete_reason)
            if incomplete_reason
            else "stop",
            "logprobs": None,
        }
        return {**self._head("chat.completion"), "choices": [choice], "usage": _usage(usage)}

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return f"data: {compact({**self._head('chat.completion.chunk'), 'choices': [choice]})}\n\n".encode()

    def _usage(self, usage: Usage) -> bytes:
        if not self._wants_usage:
            return b""
        chunk = {**self._head("chat.completion.chunk"), "choices": [], "usage": _usage(usage)}
        return f"data: {compact(chunk)}\n\n".encode()

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created_at, "model": self._model}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }
