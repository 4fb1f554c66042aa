import re
from collections.abc import Iterator
from typing import Any, Final

from services.sandbox.google.refusals import Refused, invalid
from services.sandbox.vendor.questions import Message, Question

FIELDS: Final = frozenset(
    {"contents", "systemInstruction", "generationConfig", "safetySettings", "tools", "toolConfig"}
    | {"cachedContent", "serviceTier", "store"}
)
SNAKE: Final = re.compile(r"_([a-z])")
ROLES: Final = frozenset({"user", "model"})
IMAGE_TYPES: Final = frozenset(f"image/{kind}" for kind in ("png", "jpeg", "webp", "heic", "heif"))


def read(model: str, body: dict[str, Any], *, is_stream: bool) -> Question:
    """Read the body of a request for content. Raises Refused. https://ai.google.dev/api/generate-content"""
    for name in body.keys() - FIELDS:
        raise Refused(invalid(f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'))
    system = body.get("systemInstruction")
    return Question(
        model=model,
        messages=[*([_message("system", system, "system_instruction")] if system else []), *_contents(body)],
        is_stream=is_stream,
        wants_usage=True,
        max_tokens=_max_tokens(body.get("generationConfig") or {}),
    )


def camel_cased(value: Any) -> Any:
    """Rename fields as JSON has them: the vendor takes those of its protobuf, too."""
    if isinstance(value, dict):
        return {
            SNAKE.sub(lambda found: found[1].upper(), key): camel_cased(kept) for key, kept in value.items()
        }
    return [camel_cased(kept) for kept in value] if isinstance(value, list) else value


def _max_tokens(config: dict[str, Any]) -> int | None:
    value = config.get("maxOutputTokens")
    if value is not None and (not isinstance(value, int) or value < 1):
        raise Refused(invalid("max_output_tokens must be positive."))
    return value


def _contents(body: dict[str, Any]) -> Iterator[Message]:
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        raise Refused(invalid("* GenerateContentRequest.contents: contents is not specified\n"))
    for index, content in enumerate(contents):
        role = content.get("role", "user") if isinstance(content, dict) else None
        if role not in ROLES:
            raise Refused(invalid("Please use a valid role: user, model."))
        yield _message(role, content, f"contents[{index}]")


def _message(role: str, content: object, place: str) -> Message:
    given = content.get("parts") if isinstance(content, dict) else None
    if not isinstance(given, list) or not given:
        raise Refused(invalid(f"* GenerateContentRequest.{place}.parts: contents.parts must not be empty.\n"))
    texts: list[str] = []
    image_count = 0
    for index, part in enumerate(given):
        text = part.get("text") if isinstance(part, dict) else None
        if isinstance(text, str) and text:
            texts.append(text)
        elif isinstance(part, dict) and _is_image(part.get("inlineData")):
            image_count += 1
        else:
            where = f"{place}.parts[{index}].data"
            required = "required oneof field 'data' must have one initialized field"
            raise Refused(invalid(f"* GenerateContentRequest.{where}: {required}\n"))
    return Message(role, texts, image_count)


def _is_image(blob: object) -> bool:
    if not isinstance(blob, dict) or not blob.get("data"):
        return False
    if blob.get("mimeType") not in IMAGE_TYPES:
        raise Refused(invalid(f"Unsupported MIME type: {blob.get('mimeType')}"))
    return True
