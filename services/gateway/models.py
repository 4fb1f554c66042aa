from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """Whether a model's vendor answers now."""

    AVAILABLE = "available"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


class Strength(StrEnum):
    """What a model is best at."""

    EVERYDAY = "everyday"
    SPEED = "speed"
    DEPTH = "depth"


class PriceClass(StrEnum):
    """What a model's answers cost beside the others'."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Model:
    """A model that a chat may choose."""

    model_id: str
    display_name: str
    provider: str
    strength: Strength
    price_class: PriceClass | None
    health: Health
    shutdown_date: str = ""
    """ISO 8601; empty where no end is announced."""
    sees_images: bool = False
    input_price_usd: float = 0.0
    """Per million tokens; zero where no price is known."""
    output_price_usd: float = 0.0
    context_tokens: int = 0
    """Zero where it is not known."""
