import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

from services.sandbox.runway.refusals import FAILURES_AT_ONCE, FAILURES_LATE, Refused, invalid
from services.sandbox.vendor import pictures
from services.sandbox.vendor.faults import Fault, FaultKind
from services.sandbox.vendor.film_tasks import Order

LONGEST_PROMPT_UNITS: Final = 1000
# https://docs.dev.runwayml.com/assets/inputs
LARGEST_PICTURE_BYTES: Final = 5 * 1024 * 1024
TEXT_RATIOS: Final = ("1280:720", "720:1280")
PICTURE_RATIOS: Final = (*TEXT_RATIOS, "1104:832", "960:960", "832:1104", "1584:672")
VEO_RATIOS: Final = (*TEXT_RATIOS, "1080:1920", "1920:1080")


@dataclass(frozen=True)
class Model:
    """What the vendor demands of an order for it, and what a second costs. Read off the SDK's types."""

    durations: tuple[int, ...]
    text_ratios: tuple[str, ...]
    picture_ratios: tuple[str, ...]
    credits_per_second: float
    usual_duration: int | None = None
    needs_prompt: bool = False


MODELS: Final = {
    "gen4.5": Model(tuple(range(2, 11)), TEXT_RATIOS, PICTURE_RATIOS, 12.0, needs_prompt=True),
    "gen4_turbo": Model(tuple(range(2, 11)), (), PICTURE_RATIOS, 5.0, usual_duration=10),
    "veo3.1": Model((4, 6, 8), VEO_RATIOS, VEO_RATIOS, 40.0, usual_duration=8),
    "veo3.1_fast": Model((4, 6, 8), VEO_RATIOS, VEO_RATIOS, 15.0, usual_duration=8),
}


def read(kind: str, body: Any, *, film_seconds: float, fault: Fault | None) -> Order:
    """Check an order as the vendor does. Raises Refused."""
    if not isinstance(body, dict):
        raise Refused(invalid("", "Expected object."))
    picture = _picture(body) if kind == "image_to_video" else None
    model = MODELS.get(str(body.get("model")))
    ratios = () if model is None else (model.text_ratios if picture is None else model.picture_ratios)
    if model is None or not ratios:
        raise Refused(invalid("model", f"Invalid enum value for {kind}."))
    prompt = _prompt(body, is_needed=model.needs_prompt or picture is None)
    duration = body.get("duration", model.usual_duration)
    if not isinstance(duration, int) or duration not in model.durations:
        raise Refused(invalid("duration", f"Must be one of {model.durations}."))
    if body.get("ratio") not in ratios:
        raise Refused(invalid("ratio", f"Must be one of {ratios}."))
    failing = fault.kind if fault else None
    code = None
    if failing in FAILURES_AT_ONCE or failing in FAILURES_LATE:
        code = fault.code if fault and fault.code else {**FAILURES_AT_ONCE, **FAILURES_LATE}[failing]
    return Order(
        kind=kind,
        model=str(body["model"]),
        prompt=prompt,
        ratio=str(body["ratio"]),
        duration=duration,
        credits=duration * model.credits_per_second,
        film_seconds=film_seconds * (10 if failing is FaultKind.SLOW else 1),
        failure_code=code,
        fails_late=failing in FAILURES_LATE,
        is_garbage=failing is FaultKind.GARBAGE,
        picture=picture,
    )


def _prompt(body: dict[str, Any], *, is_needed: bool) -> str:
    prompt = body.get("promptText", "")
    if not isinstance(prompt, str) or (is_needed and not prompt):
        raise Refused(invalid("promptText", "Required."))
    if len(prompt.encode("utf-16-le")) // 2 > LONGEST_PROMPT_UNITS:
        raise Refused(invalid("promptText", f"Must contain at most {LONGEST_PROMPT_UNITS} characters."))
    return prompt


def _picture(body: dict[str, Any]) -> bytes:
    """Read a picture that came inline: this stand-in opens no addresses."""
    given = body.get("promptImage")
    if isinstance(given, list) and given and isinstance(given[0], dict):
        given = given[0].get("uri")
    uri = str(given)
    head, _, data = uri.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise Refused(invalid("promptImage", "Must be a data URI: the sandbox opens no addresses."))
    try:
        content = base64.b64decode(data, validate=True)
        pictures.read(content)
    except (binascii.Error, ValueError) as error:
        raise Refused(invalid("promptImage", "Failed to decode the image.")) from error
    if len(uri) > LARGEST_PICTURE_BYTES:
        raise Refused(invalid("promptImage", "The data URI is larger than 5 MB."))
    return content
