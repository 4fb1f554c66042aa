import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from services.sandbox.openai.refusals import failure, refused
from services.sandbox.vendor.faults import Fault
from services.sandbox.vendor.wire import Usage, compact


class ResponsesWire:
    """The Responses API. https://developers.openai.com/api/reference/resources/responses/streaming-events"""

    event_seconds = 0.01  # a token is an event

    def __init__(self, n: int, model: str, created_at: int, max_tokens: int | None) -> None:
        self._response_id = f"resp_sandbox{n:08d}"
        self._item_id = f"msg_sandbox{n:08d}"
        self._model = model
        self._created_at = created_at
        self._max_tokens = max_tokens
        self._sequence_number = -1
        self._delta_head = (
            'event: response.output_text.delta\ndata: {"type":"response.output_text.delta",'
            f'"item_id":"{self._item_id}","output_index":0,"content_index":0,"logprobs":[],"delta":'
        )

    def refused(self, fault: Fault) -> web.Response | None:
        return refused(fault)

    def opening(self) -> bytes:
        item = self._item("in_progress", [])
        return b"".join(
            (
                self._event("response.created", response=self._response("in_progress")),
                self._event("response.in_progress", response=self._response("in_progress")),
                self._event("response.output_item.added", output_index=0, item=item),
                self._part_event("response.content_part.added", part=_text_part("")),
            )
        )

    def deltas(self, group: Sequence[str]) -> bytes:
        return b"".join(map(self._delta, group))

    def _delta(self, token: str) -> bytes:
        # The one event that is sent by the hundred thousand: only its token is encoded anew.
        self._sequence_number += 1
        encoded = json.dumps(token, ensure_ascii=False)
        return f'{self._delta_head}{encoded},"sequence_number":{self._sequence_number}}}\n\n'.encode()

    def completed(self, text: str, usage: Usage) -> bytes:
        return self._closing(text, "completed") + self._event(
            "response.completed", response=self.whole(text, usage, None)
        )

    def incomplete(self, text: str, usage: Usage, reason: str) -> bytes:
        return self._closing(text, "incomplete") + self._event(
            "response.incomplete", response=self.whole(text, usage, reason)
        )

    def failed(self, code: str | None) -> bytes:
        said = failure(code)
        error = {"code": said.code, "message": said.message}
        return self._event("response.failed", response=self._response("failed", error=error))

    def error(self, code: str | None) -> bytes:
        said = failure(code)
        return self._event("error", code=said.code, message=said.message, param=said.param)

    def whole(self, text: str, usage: Usage, incomplete_reason: str | None) -> dict[str, Any]:
        status = "incomplete" if incomplete_reason else "completed"
        return self._response(
            status,
            output=[self._item(status, [_text_part(text)])],
            incomplete_details={"reason": incomplete_reason} if incomplete_reason else None,
            usage={
                "input_tokens": usage.input_tokens,
                "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
                "output_tokens": usage.output_tokens,
                "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
                "total_tokens": usage.input_tokens + usage.output_tokens,
            },
        )

    def _closing(self, text: str, status: str) -> bytes:
        item = self._item(status, [_text_part(text)])
        return b"".join(
            (
                self._part_event("response.output_text.done", text=text, logprobs=[]),
                self._part_event("response.content_part.done", part=_text_part(text)),
                self._event("response.output_item.done", output_index=0, item=item),
            )
        )

    def _event(self, kind: str, **fields: Any) -> bytes:
        self._sequence_number += 1
        data = compact({"type": kind, **fields, "sequence_number": self._sequence_number})
        return f"event: {kind}\ndata: {data}\n\n".encode()

    def _part_event(self, kind: str, **fields: Any) -> bytes:
        return self._event(kind, item_id=self._item_id, output_index=0, content_index=0, **fields)

    def _item(self, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._item_id,
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        }

    def _response(self, status: str, **fields: Any) -> dict[str, Any]:
        return {
            "id": self._response_id,
            "object": "response",
            "created_at": self._created_at,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "max_output_tokens": self._max_tokens,
            "model": self._model,
            "output": [],
            "parallel_tool_calls": True,
            "store": False,
            "tool_choice": "auto",
            "tools": [],
            "usage": None,
            "metadata": {},
            **fields,
        }


def _text_part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
