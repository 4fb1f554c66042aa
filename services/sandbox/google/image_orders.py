import asyncio
import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.sandbox.google import questions
from services.sandbox.google.refusals import REFUSALS, Refused, invalid
from services.sandbox.vendor import pictures
from services.sandbox.vendor.orders import Order, Sent, Size

# At 1K. https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios_and_image_size
SIZES: Final = {
    "1:1": Size(1024, 1024),
    "2:3": Size(848, 1264),
    "3:2": Size(1264, 848),
    "3:4": Size(896, 1200),
    "4:3": Size(1200, 896),
    "4:5": Size(928, 1152),
    "5:4": Size(1152, 928),
    "9:16": Size(768, 1376),
    "16:9": Size(1376, 768),
    "21:9": Size(1584, 672),
}
SCALES: Final = {"1K": 1, "2K": 2, "4K": 4}
TOKENS: Final = {"1K": 1120, "2K": 1680, "4K": 2520}
MODALITIES: Final = (["IMAGE"], ["TEXT", "IMAGE"], ["IMAGE", "TEXT"])
# What a model that thinks draws on its way, for those who want to see it.
THOUGHT_PICTURES: Final = 2
THOUGHTLESS: Final = "gemini-2.5-flash-image"


async def read(model: str, body: dict[str, Any], *, is_stream: bool) -> Order:
    """Read the body of a request for a picture. Raises Refused."""
    question = questions.read(model, body, is_stream=is_stream)
    config = body.get("generationConfig") or {}
    if config.get("responseModalities", MODALITIES[1]) not in MODALITIES:
        raise Refused(
            invalid("The requested combination of response modalities is not supported by the model.")
        )
    prompt = " ".join(question.asked[-1].parts) if question.asked else ""
    sent = [await asyncio.to_thread(_sent, blob) for blob in _blobs(body)]
    if not prompt and not sent:
        raise Refused(invalid("* GenerateContentRequest.contents: contents is not specified\n"))
    wanted = config.get("imageConfig") or {}
    resolution = wanted.get("imageSize", "1K")
    if resolution not in SCALES:
        raise Refused(invalid(f"Invalid image_size: {resolution}. Supported values are 1K, 2K and 4K."))
    thinks = (config.get("thinkingConfig") or {}).get("includeThoughts") is True and model != THOUGHTLESS
    return Order(
        model=model,
        prompt=prompt,
        size=_size(wanted, sent, SCALES[resolution]),
        output_tokens=TOKENS[resolution],
        sent=sent,
        preview_count=THOUGHT_PICTURES if thinks and is_stream else 0,
        is_stream=is_stream,
    )


def _size(wanted: Mapping[str, Any], sent: Sequence[Sent], scale: int) -> Size:
    ratio = wanted.get("aspectRatio")
    if ratio is not None and ratio not in SIZES:
        raise Refused(invalid(f"Invalid aspect_ratio: {ratio}. Supported values are {', '.join(SIZES)}."))
    base = SIZES[ratio] if ratio else _like(sent[0]) if sent else SIZES["1:1"]
    return Size(base.width * scale, base.height * scale)


def _like(sent: Sent) -> Size:
    ratio = sent.picture.width / sent.picture.height
    return min(SIZES.values(), key=lambda size: abs(size.width / size.height - ratio))


def _blobs(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for content in body["contents"]:
        for part in content["parts"]:
            if "inlineData" in part:
                yield part["inlineData"]


def _sent(blob: Mapping[str, Any]) -> Sent:
    try:
        # The SDK writes base64 in the alphabet for addresses; others write the usual one.
        content = b64decode(str(blob.get("data")).replace("+", "-").replace("/", "_"), altchars=b"-_")
        picture = pictures.read(content)
    except (ValueError, binascii.Error) as error:
        raise Refused(REFUSALS["BAD_IMAGE"]) from error
    return Sent(str(blob.get("mimeType")), content, picture)
