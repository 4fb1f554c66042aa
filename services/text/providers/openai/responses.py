from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from services.providers.openai.errors import StreamFailed
from services.text.conversation import Finish
from services.text.providers.base import Completed, Delta, Message, Role, TextRequest
from services.text.providers.openai.dialect import Event, UsageNames, completed

NAMES: Final = UsageNames("input", "output")
PART_TYPES: Final = {Role.USER: "input_text", Role.ASSISTANT: "output_text"}
# A refusal is what the model says, too.
DELTAS: Final = frozenset({"response.output_text.delta", "response.refusal.delta"})


class Responses:
    """The Responses API. https://developers.openai.com/api/reference/resources/responses"""

    path = "/responses"

    def body(self, request: TextRequest) -> dict[str, Any]:
        return {
            "model": request.model,
            "instructions": request.instructions,
            "input": [_item(message) for message in request.messages],
            "max_output_tokens": request.max_output_tokens,
            "safety_identifier": request.caller_key,
            "prompt_cache_key": request.cache_key,
            "store": False,
            "stream": True,
        }

    def reader(self, request: TextRequest) -> "ResponsesReader":
        return ResponsesReader(request.model)


class ResponsesReader:
    def __init__(self, model: str) -> None:
        self._model = model
        self._response: Mapping[str, Any] | None = None

    def read(self, event: Event) -> Delta | None:
        match event.get("type"):
            case kind if kind in DELTAS:
                return Delta(event["delta"]) if event.get("delta") else None
            case "response.completed" | "response.incomplete":
                self._response = event["response"]
            case "response.failed":
                failure = event["response"].get("error") or {}
                raise StreamFailed(failure.get("code"), failure.get("message", ""))
            case "error":
                failure = event.get("error") or event
                raise StreamFailed(failure.get("code"), failure.get("message", ""))
        return None

    def end(self) -> Completed:
        if self._response is None:
            raise StreamFailed(None, "the stream ended without an end")
        reason = (self._response.get("incomplete_details") or {}).get("reason")
        if reason == "content_filter":
            raise StreamFailed(reason)
        finish = Finish.LENGTH if self._response.get("status") == "incomplete" else Finish.STOP
        return completed(finish, self._model, self._response.get("usage") or {}, NAMES)


def _item(message: Message) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {
            "type": "input_image",
            "image_url": f"data:{image.mime_type};base64,{b64encode(image.content).decode()}",
        }
        for image in message.images
    ]
    parts += [{"type": PART_TYPES[message.role], "text": part} for part in message.parts]
    return {"role": message.role.value, "content": parts}
