from base64 import b64encode
from typing import Any

import pytest
from google.genai.types import FinishReason, GenerateContentResponse

from services.image.providers.base import AspectRatio, Drawn, ImageRequest, Preview, Usage
from services.image.providers.google.reading import Reader
from services.providers.google.errors import Rejected, StreamFailed

MODEL = "gemini-3-pro-image"
PNG = b"\x89PNG\r\n\x1a\n"
REQUEST = ImageRequest(MODEL, "A cat on a roof", AspectRatio.SQUARE, "caller")


def picture(name: bytes, *, is_thought: bool = False) -> dict[str, Any]:
    data = b64encode(PNG + name).decode()
    return {"inlineData": {"mimeType": "image/png", "data": data}, "thought": is_thought}


def words(text: str, *, is_thought: bool = False) -> dict[str, Any]:
    return {"text": text, "thought": is_thought}


def chunk(*parts: dict[str, Any], finish: str | None = None, **more: Any) -> GenerateContentResponse:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}}
    if finish:
        candidate["finishReason"] = finish
    return GenerateContentResponse.model_validate({"candidates": [candidate], **more})


def read(*chunks: GenerateContentResponse) -> tuple[list[bytes], Drawn]:
    """Read a whole answer: the previews, without what marks them as PNG, and the picture."""
    reader = Reader(REQUEST)
    previews: list[Preview] = [preview for each in chunks for preview in reader.read(each)]
    return [preview.content.removeprefix(PNG) for preview in previews], reader.end()


def test_a_plain_answer_is_the_picture() -> None:
    previews, drawn = read(chunk(picture(b"cat"), finish="STOP"))
    assert previews == []
    assert (drawn.mime_type, drawn.content) == ("image/png", PNG + b"cat")


def test_the_last_of_several_pictures_counts_and_the_others_are_previews() -> None:
    previews, drawn = read(chunk(picture(b"1"), picture(b"2")), chunk(picture(b"3")), chunk(finish="STOP"))
    assert previews == [b"1", b"2"]
    assert drawn.content == PNG + b"3"


def test_what_is_drawn_in_thought_is_never_the_picture() -> None:
    previews, drawn = read(
        chunk(words("Let me see", is_thought=True), picture(b"1", is_thought=True)),
        chunk(picture(b"cat")),
        chunk(picture(b"late", is_thought=True), finish="STOP"),
    )
    assert previews == [b"1", b"late"]
    assert drawn.content == PNG + b"cat"


def test_words_beside_the_picture_do_not_matter() -> None:
    _previews, drawn = read(chunk(words("Here you are:"), picture(b"cat"), finish="STOP"))
    assert drawn.content == PNG + b"cat"


def test_a_picture_is_of_the_type_that_it_shows_whatever_the_vendor_says() -> None:
    jpeg = {"inlineData": {"mimeType": "image/png", "data": b64encode(b"\xff\xd8\xff cat").decode()}}
    _previews, drawn = read(chunk(jpeg, finish="STOP"))
    assert drawn.mime_type == "image/jpeg"


@pytest.mark.parametrize("reason", ["SAFETY", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "BLOCKLIST", "OTHER"])
def test_a_blocked_prompt_is_a_rejection(reason: str) -> None:
    blocked = GenerateContentResponse.model_validate({"promptFeedback": {"blockReason": reason}})
    with pytest.raises(Rejected, match=reason):
        read(blocked)


@pytest.mark.parametrize(
    "reason",
    ["SAFETY", "RECITATION", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "BLOCKLIST"],
)
def test_a_picture_that_was_taken_back_is_a_rejection(reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(chunk(picture(b"cat")), chunk(finish=reason))


def test_words_instead_of_a_picture_are_a_rejection() -> None:
    with pytest.raises(Rejected):
        read(chunk(words("I would rather not draw that."), finish="STOP"))


@pytest.mark.parametrize("reason", [FinishReason.NO_IMAGE, FinishReason.IMAGE_OTHER, FinishReason.STOP])
def test_nothing_at_all_is_the_vendors_failure(reason: FinishReason) -> None:
    with pytest.raises(StreamFailed, match=reason.value):
        read(chunk(words("Hm", is_thought=True), finish=reason.value))


def test_an_answer_without_an_end_is_none_because_its_picture_may_be_on_the_way() -> None:
    with pytest.raises(StreamFailed):
        read(chunk(picture(b"1")))


@pytest.mark.parametrize("content", [b"", b"<html>"])
def test_what_is_no_picture_is_the_vendors_failure(content: bytes) -> None:
    part = {"inlineData": {"mimeType": "image/png", "data": b64encode(content).decode()}}
    with pytest.raises(StreamFailed):
        read(chunk(part, finish="STOP"))


def test_tokens_are_counted_with_those_of_pictures_apart() -> None:
    counts = {
        "promptTokenCount": 1400,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 110},
            {"modality": "IMAGE", "tokenCount": 1290},
        ],
        "candidatesTokenCount": 1130,
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
        "thoughtsTokenCount": 70,
    }
    _previews, drawn = read(chunk(picture(b"cat"), usageMetadata=counts), chunk(finish="STOP"))
    assert drawn.usage == Usage("google", MODEL, 1400, 1200, 1290, 1120)


def test_a_picture_without_counts_is_estimated() -> None:
    usage = read(chunk(picture(b"cat"), finish="STOP"))[1].usage
    assert usage.estimated
    assert usage.input_tokens > 0
    assert usage.output_tokens == usage.output_image_tokens > 1000
