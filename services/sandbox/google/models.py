from enum import StrEnum
from typing import Any, Final, NamedTuple

INPUT_TOKENS: Final = 1_048_576
OUTPUT_TOKENS: Final = 65_536


class Task(StrEnum):
    """What a model answers with or to."""

    TEXT = "text"
    TRANSCRIPTION = "transcription"
    SPEECH = "speech"
    IMAGE = "image"
    VIDEO = "video"
    EMBEDDING = "embedding"


class Model(NamedTuple):
    model_id: str
    display_name: str
    task: Task = Task.TEXT

    @property
    def methods(self) -> tuple[str, ...]:
        if self.task is Task.VIDEO:
            return ("createInteraction",)
        return ("embedContent",) if self.task is Task.EMBEDDING else ("generateContent", "countTokens")


CATALOGUE: Final = (
    Model("gemini-3.8-flash", "Gemini 3.8 Flash"),
    Model("gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite"),
    Model("gemini-4-argon", "Gemini 4 Argon"),
    Model("gemini-embedding-001", "Gemini Embedding 001", Task.EMBEDDING),
    Model("gemini-embedding-2", "Gemini Embedding 2", Task.EMBEDDING),
    Model("gemini-3.5-transcribe", "Gemini 3.5 Transcribe", Task.TRANSCRIPTION),
    Model("gemini-3.8-flash-tts", "Gemini 3.8 Flash TTS", Task.SPEECH),
    Model("gemini-3.1-flash-image", "Nano Banana 2", Task.IMAGE),
    Model("gemini-3.1-flash-lite-image", "Nano Banana 2 Lite", Task.IMAGE),
    Model("gemini-3-pro-image", "Nano Banana Pro", Task.IMAGE),
    Model("gemini-nano-banana-2.1", "Nano Banana 2.1", Task.IMAGE),
    Model("gemini-2.5-flash-image", "Nano Banana", Task.IMAGE),
    Model("gemini-omni-1.2-flash", "Gemini Omni 1.2 Flash", Task.VIDEO),
)


def find(model_id: str) -> Model | None:
    return next((model for model in CATALOGUE if model.model_id == model_id), None)


def listing() -> dict[str, Any]:
    """Return the body of GET /v1/models."""
    return {"models": [entry(model) for model in CATALOGUE]}


def entry(model: Model) -> dict[str, Any]:
    """Return the body of GET /v1/models/{model}. https://ai.google.dev/api/models#Model"""
    return {
        "name": f"models/{model.model_id}",
        "version": "001",
        "displayName": model.display_name,
        "inputTokenLimit": INPUT_TOKENS,
        "outputTokenLimit": OUTPUT_TOKENS,
        "supportedGenerationMethods": list(model.methods),
    }
