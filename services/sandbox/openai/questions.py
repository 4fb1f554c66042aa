from collections.abc import Iterator
from typing import Any, Final

from services.sandbox.openai.refusals import Refused, invalid
from services.sandbox.vendor.questions import Message, Question

TEXT_PARTS: Final = frozenset({"input_text", "output_text", "text"})
IMAGE_PARTS: Final = frozenset({"input_image", "image_url"})


def from_responses(body: dict[str, Any]) -> Question:
    """Read the body of POST /v1/responses. Raises Refused."""
    given = body.get("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    instructions = body.get("instructions")
    first = [Message("developer", [instructions])] if isinstance(instructions, str) else []
    return Question(
        model=_model(body),
        messages=[*first, *_messages(items, "input")],
        is_stream=body.get("stream") is True,
        wants_usage=True,
        max_tokens=_max_tokens(body, "max_output_tokens"),
    )


def from_chat(body: dict[str, Any]) -> Question:
    """Read the body of POST /v1/chat/completions. Raises Refused."""
    options = body.get("stream_options") or {}
    is_stream = body.get("stream") is True
    return Question(
        model=_model(body),
        messages=list(_messages(body.get("messages"), "messages")),
        is_stream=is_stream,
        wants_usage=not is_stream or options.get("include_usage") is True,
        max_tokens=_max_tokens(body, "max_completion_tokens", "max_tokens"),
    )


def _model(body: dict[str, Any]) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise Refused(invalid("you must provide a model parameter", "model"))
    return model


def _max_tokens(body: dict[str, Any], *names: str) -> int | None:
    for name in names:
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or value < 1:
            raise Refused(invalid(f"Invalid '{name}': expected a positive integer.", name))
        return value
    return None


def _messages(items: object, param: str) -> Iterator[Message]:
    if not isinstance(items, list) or not items:
        raise Refused(invalid(f"Missing required parameter: '{param}'.", param))
    for index, item in enumerate(items):
        content = item.get("content") if isinstance(item, dict) else None
        if isinstance(content, str):
            yield Message(str(item.get("role")), [content])
        elif isinstance(content, list):
            yield _message(str(item.get("role")), content, f"{param}[{index}].content")
        else:
            raise Refused(invalid(f"Invalid value for '{param}[{index}].content'.", f"{param}[{index}]"))


def _message(role: str, content: list[Any], param: str) -> Message:
    parts: list[str] = []
    image_count = 0
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind in TEXT_PARTS and isinstance(part.get("text"), str):
            parts.append(part["text"])
        elif kind in IMAGE_PARTS:
            image_count += 1
        else:
            raise Refused(invalid(f"Invalid value: '{kind}'.", param))
    return Message(role, parts, image_count)
