from typing import Any, Final, NamedTuple


class Model(NamedTuple):
    model_id: str
    created: int
    shutdown_date: str | None = None


CATALOGUE: Final = (
    Model("gpt-6-luna", 1_783_000_000),
    Model("gpt-6.1-terra", 1_786_000_000),
    Model("gpt-6.1-sol", 1_786_000_001),
    Model("gpt-6.2-sol", 1_789_000_000),
    Model("gpt-5.4-mini", 1_772_000_000),
    Model("gpt-5-mini", 1_754_000_000, shutdown_date="2026-12-11"),
)


def is_known(model_id: str) -> bool:
    return any(model.model_id == model_id for model in CATALOGUE)


def listing() -> dict[str, Any]:
    """Return the body of GET /v1/models."""
    return {"object": "list", "data": [_entry(model) for model in CATALOGUE]}


def _entry(model: Model) -> dict[str, Any]:
    entry = {"id": model.model_id, "object": "model", "created": model.created, "owned_by": "openai"}
    return entry | {"shutdown_date": model.shutdown_date} if model.shutdown_date else entry
