from typing import Any, Final

from aiohttp import web

from services.sandbox.openai.image_orders import Asked
from services.sandbox.openai.refusals import Refusal, failure, refused
from services.sandbox.vendor.faults import Fault, FaultKind
from services.sandbox.vendor.wire import PICTURE, compact, compact_with

USERS_ERROR: Final = "image_generation_user_error"
SERVERS_ERROR: Final = "image_generation_server_error"
REJECTED: Final = (
    "Your request was rejected by the safety system. If you believe this is an error, contact us at "
    "help.openai.com and include the request ID req_sandbox. safety_violations=[violence]."
)


class OpenAIImageWire:
    """The Images API. https://developers.openai.com/api/reference/resources/images/streaming-events"""

    def __init__(self, asked: Asked, created_at: int) -> None:
        self._event = "image_edit" if asked.is_edit else "image_generation"
        self._facts = {
            "background": "opaque",
            "output_format": str(asked.order.format),
            "quality": asked.quality,
            "size": str(asked.order.size),
        }
        self._cost = asked.order.cost
        self._created_at = created_at

    def refused(self, fault: Fault) -> web.Response | None:
        if fault.kind is FaultKind.MODERATION:
            return _moderated("input", fault.code).response()
        return refused(fault)

    def preview(self, index: int, picture: bytes) -> bytes:
        return self._picture_event("partial_image", picture, {"partial_image_index": index})

    def completed(self, picture: bytes) -> bytes:
        return self._picture_event("completed", picture, {"usage": self._usage()})

    def failed(self, fault: Fault) -> bytes:
        if fault.kind is FaultKind.INCOMPLETE:
            return b""  # the stream just ends
        return _event("error", {"error": _failure(fault).body()["error"]})

    def whole(self, picture: bytes) -> bytes:
        image_tokens = self._cost.output_image
        details = {"output_tokens_details": {"image_tokens": image_tokens, "text_tokens": 0}}
        usage = {**self._usage(), **details}
        body = {"created": self._created_at, **self._facts, "usage": usage, "data": [{"b64_json": PICTURE}]}
        return compact_with(picture, body)

    def whole_failed(self, fault: Fault) -> web.Response:
        return _failure(fault).response(retry_after_seconds=fault.retry_after_seconds)

    def _picture_event(self, kind: str, picture: bytes, more: dict[str, Any]) -> bytes:
        name = f"{self._event}.{kind}"
        facts = {"type": name, "created_at": self._created_at, **self._facts, **more, "b64_json": PICTURE}
        return b"".join((f"event: {name}\ndata: ".encode(), compact_with(picture, facts), b"\n\n"))

    def _usage(self) -> dict[str, Any]:
        text, seen, drawn = self._cost
        return {
            "input_tokens": text + seen,
            "input_tokens_details": {"text_tokens": text, "image_tokens": seen},
            "output_tokens": drawn,
            "total_tokens": text + seen + drawn,
        }


def _event(kind: str, body: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {compact({'type': kind, **body})}\n\n".encode()


def _failure(fault: Fault) -> Refusal:
    if fault.kind is FaultKind.MODERATION_OUTPUT:
        return _moderated("output", fault.code)
    usual = fault.code or "image_generation_failed"
    return failure(usual)._replace(kind=SERVERS_ERROR, message="Image generation failed")


def _moderated(stage: str, code: str | None) -> Refusal:
    details = {"stage": stage, "categories": ["violence"]}
    return Refusal(
        400, USERS_ERROR, code or "moderation_blocked", REJECTED, more={"moderation_details": details}
    )
