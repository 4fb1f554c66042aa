from base64 import b64encode
from typing import Any, Final

from services.providers.openai.errors import PROVIDER, StreamFailed
from services.text.conversation import Finish
from services.text.providers.base import Completed, Delta, Message, TextRequest, estimated_usage
from services.text.providers.openai.dialect import Event, UsageNames, completed

NAMES: Final = UsageNames("prompt", "completion")
FINISHES: Final = {"stop": Finish.STOP, "length": Finish.LENGTH}


class ChatCompletions:
    """Chat Completions, which nearly every server knows. https://developers.openai.com/api/reference/resources/chat

    Only what they all understand is sent.
    """

    path = "/chat/completions"

    def body(self, request: TextRequest) -> dict[str, Any]:
        return {
            "model": request.model,
            "messages": [
                {"role": "system", "content": request.instructions},
                *({"role": said.role.value, "content": _content(said)} for said in request.messages),
            ],
            "max_completion_tokens": request.max_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }

    def reader(self, request: TextRequest) -> "ChatReader":
        return ChatReader(request)


class ChatReader:
    def __init__(self, request: TextRequest) -> None:
        self._request = request
        self._finish_reason: str | None = None
        self._counts: dict[str, Any] | None = None
        self._said: list[str] = []

    def read(self, event: Event) -> Delta | None:
        self._counts = event.get("usage") or self._counts
        choices = event.get("choices")
        if not choices:
            return None
        self._finish_reason = choices[0].get("finish_reason") or self._finish_reason
        delta = choices[0].get("delta") or {}
        text = delta.get("content") or delta.get("refusal")
        if not text:
            return None
        self._said.append(text)
        return Delta(text)

    def end(self) -> Completed:
        if self._finish_reason is None:
            raise StreamFailed(None, "the stream ended without an end")
        if self._finish_reason == "content_filter":
            raise StreamFailed(self._finish_reason)
        finish = FINISHES.get(self._finish_reason, Finish.STOP)
        if self._counts is None:  # older servers do not know `include_usage`
            return Completed(finish, estimated_usage(PROVIDER, self._request, "".join(self._said)))
        return completed(finish, self._request.model, self._counts, NAMES)


def _content(message: Message) -> str | list[dict[str, Any]]:
    if len(message.parts) == 1 and not message.images:
        return message.parts[0]
    images: list[dict[str, Any]] = [
        {
            "type": "image_url",
            "image_url": {"url": f"data:{image.mime_type};base64,{b64encode(image.content).decode()}"},
        }
        for image in message.images
    ]
    return [*images, *({"type": "text", "text": part} for part in message.parts)]
