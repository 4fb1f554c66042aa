from typing import Any, Final

from aiohttp import web

from services.sandbox.google.refusals import failure, refusal
from services.sandbox.google.wire import USUAL_BLOCK
from services.sandbox.vendor.faults import Fault, FaultKind
from services.sandbox.vendor.orders import Order
from services.sandbox.vendor.pictures import Format
from services.sandbox.vendor.wire import PICTURE, compact, compact_with

USUAL_UNSAFE: Final = "IMAGE_SAFETY"
USUAL_NOTHING: Final = "NO_IMAGE"
STOP: Final = "STOP"
SAID_INSTEAD: Final = "I can describe the picture, but I did not draw it."


class GoogleImageWire:
    """The Gemini API's answers with pictures. https://ai.google.dev/gemini-api/docs/image-generation"""

    def __init__(self, n: int, order: Order) -> None:
        self._is_stream = order.is_stream
        self._cost = order.cost
        self._tail = {"modelVersion": order.model, "responseId": f"sandbox{n:08d}"}

    def refused(self, fault: Fault) -> web.Response | None:
        if fault.kind is FaultKind.MODERATION:
            return self._response({"promptFeedback": {"blockReason": fault.code or USUAL_BLOCK}})
        said = refusal(fault)
        return said.response(fault.retry_after_seconds) if said else None

    def preview(self, index: int, picture: bytes) -> bytes:  # noqa: ARG002 - thoughts are not numbered
        part = {**_picture_part(), "thought": True}
        return self._event(compact_with(picture, self._answer([part], None, picture_tokens=0)))

    def completed(self, picture: bytes) -> bytes:
        answer = self._answer([_picture_part()], None, picture_tokens=self._cost.output_image)
        ending = self._answer([], STOP, picture_tokens=self._cost.output_image)
        return self._event(compact_with(picture, answer)) + self._event(compact(ending).encode())

    def failed(self, fault: Fault) -> bytes:
        if fault.kind in (FaultKind.INCOMPLETE, FaultKind.MODERATION_OUTPUT):
            return self._event(compact(self._pictureless(fault)).encode())
        return self._event(compact(failure(fault.code).body()).encode())

    def whole(self, picture: bytes) -> bytes:
        answer = self._answer([_picture_part()], STOP, picture_tokens=self._cost.output_image)
        return compact_with(picture, answer)

    def whole_failed(self, fault: Fault) -> web.Response:
        if fault.kind in (FaultKind.INCOMPLETE, FaultKind.MODERATION_OUTPUT):
            return web.json_response(self._pictureless(fault))
        return failure(fault.code).response(fault.retry_after_seconds)

    def _pictureless(self, fault: Fault) -> dict[str, Any]:
        usual = USUAL_UNSAFE if fault.kind is FaultKind.MODERATION_OUTPUT else USUAL_NOTHING
        reason = fault.code or usual
        # A model may also just talk.
        parts = [{"text": SAID_INSTEAD}] if reason == STOP else []
        return self._answer(parts, reason, picture_tokens=0)

    def _answer(
        self, parts: list[dict[str, Any]], finish_reason: str | None, *, picture_tokens: int
    ) -> dict[str, Any]:
        candidate: dict[str, Any] = {"index": 0}
        if parts:
            candidate["content"] = {"parts": parts, "role": "model"}
        if finish_reason:
            candidate["finishReason"] = finish_reason
        counts = self._counts(picture_tokens)
        return {"candidates": [candidate], "usageMetadata": counts, **self._tail}

    def _counts(self, picture_tokens: int) -> dict[str, Any]:
        prompt_count = self._cost.input_text + self._cost.input_image
        inputs = {"TEXT": self._cost.input_text, "IMAGE": self._cost.input_image}
        return {
            "promptTokenCount": prompt_count,
            "candidatesTokenCount": picture_tokens,
            "totalTokenCount": prompt_count + picture_tokens,
            "promptTokensDetails": _details(inputs),
            "candidatesTokensDetails": _details({"IMAGE": picture_tokens}),
        }

    def _response(self, body: dict[str, Any]) -> web.Response:
        whole = {**body, **self._tail}
        if not self._is_stream:
            return web.json_response(whole)
        return web.Response(body=self._event(compact(whole).encode()), content_type="text/event-stream")

    @staticmethod
    def _event(body: bytes) -> bytes:
        return b"".join((b"data: ", body, b"\r\n\r\n"))


def _details(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [{"modality": name, "tokenCount": count} for name, count in counts.items() if count]


def _picture_part() -> dict[str, Any]:
    return {"inlineData": {"mimeType": Format.PNG.mime_type, "data": PICTURE}}
