from enum import StrEnum

from pydantic import Field

from services.providers.deadlines import Timeouts
from services.providers.openai.account import OpenAIAccount
from services.providers.settings import Names


class Quality(StrEnum):
    """How much work a picture is. `auto`: as the model sees fit."""

    AUTO = "auto"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"


class OpenAIImageSettings(OpenAIAccount):
    """OpenAI's part of the environment. Each field is the variable of the same name in upper case."""

    openai_image_model: str = Field(
        default="gpt-image-2.6-flare", min_length=1, description="the model of those who chose none"
    )
    openai_image_models: Names[str] = Field(
        default=(), description="more models that users may choose, separated by commas"
    )
    openai_image_quality: Quality = Field(
        default=Quality.AUTO, description="auto, low, medium, high, xhigh or max"
    )
    openai_image_previews: int = Field(
        default=2, ge=0, le=3, description="how often an unfinished picture is shown; each costs 100 tokens"
    )
    openai_image_first_piece_timeout_seconds: float = Field(
        default=120.0, gt=0, description="until the first preview, or the picture where there is none"
    )
    openai_image_next_piece_timeout_seconds: float = Field(
        default=90.0, gt=0, description="between previews, and from the last one to the picture"
    )
    openai_image_total_timeout_seconds: float = Field(default=240.0, gt=0, description="for a whole picture")

    @property
    def openai_image_model_ids(self) -> tuple[str, ...]:
        """OpenAI's image models that users may choose, the default first."""
        return tuple(dict.fromkeys((self.openai_image_model, *self.openai_image_models)))

    @property
    def openai_image_timeouts(self) -> Timeouts:
        return Timeouts(
            first_token_seconds=self.openai_image_first_piece_timeout_seconds,
            next_token_seconds=self.openai_image_next_piece_timeout_seconds,
            total_seconds=self.openai_image_total_timeout_seconds,
        )
