from enum import StrEnum
from typing import Any, Final, NamedTuple

from services.sandbox.openai.refusals import INVALID, Refusal, Refused


class Task(StrEnum):
    """What a model is for."""

    TEXT = "text"
    TRANSCRIPTION = "transcription"
    SPEECH = "speech"
    IMAGE = "image"
    EMBEDDING = "embedding"


class Model(NamedTuple):
    model_id: str
    created: int
    shutdown_date: str | None = None
    task: Task = Task.TEXT


CATALOGUE: Final = (
    Model("gpt-6-luna", 1_783_000_000),
    Model("gpt-6.1-terra", 1_786_000_000),
    Model("gpt-6.1-sol", 1_786_000_001),
    Model("gpt-6.2-sol", 1_789_000_000),
    Model("gpt-5.4-mini", 1_772_000_000),
    Model("gpt-5-mini", 1_754_000_000, shutdown_date="2026-12-11"),
    Model("gpt-transcribe", 1_788_000_000, task=Task.TRANSCRIPTION),
    Model("gpt-4o-mini-tts", 1_742_000_000, shutdown_date="2027-01-06", task=Task.SPEECH),
    Model("text-embedding-3-small", 1_705_900_000, task=Task.EMBEDDING),
    Model("text-embedding-3-large", 1_705_900_001, task=Task.EMBEDDING),
    Model("gpt-image-2.6-flare", 1_792_000_000, task=Task.IMAGE),
    Model("gpt-image-2.6-sunburst", 1_792_000_001, task=Task.IMAGE),
    Model("gpt-image-2.5-flare", 1_788_800_000, task=Task.IMAGE),
    Model("gpt-image-2.5-sunburst", 1_788_800_001, task=Task.IMAGE),
    Model("gpt-image-2", 1_776_700_000, task=Task.IMAGE),
    Model("gpt-image-1.5", 1_765_800_000, shutdown_date="2026-12-01", task=Task.IMAGE),
    Model("gpt-image-1-mini", 1_759_700_000, shutdown_date="2026-12-01", task=Task.IMAGE),
    Model("chatgpt-image-latest", 1_765_800_001, shutdown_date="2026-12-01", task=Task.IMAGE),
)


def require(model_id: str, task: Task) -> None:
    """Raise Refused unless there is such a model."""
    if not any(model.model_id == model_id and model.task is task for model in CATALOGUE):
        message = f"The model `{model_id}` does not exist or you do not have access to it."
        raise Refused(Refusal(404, INVALID, "model_not_found", message, "model"))


def listing() -> dict[str, Any]:
    """Return the body of GET /v1/models."""
    return {"object": "list", "data": [_entry(model) for model in CATALOGUE]}


def _entry(model: Model) -> dict[str, Any]:
    entry = {"id": model.model_id, "object": "model", "created": model.created, "owned_by": "openai"}
    return entry | {"shutdown_date": model.shutdown_date} if model.shutdown_date else entry
