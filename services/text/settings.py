from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from services.chassis.settings import Port, ServiceSettings
from services.providers.breaker import BreakerPolicy
from services.providers.patience import Patience
from services.providers.settings import Names
from services.text.prompts import DEFAULT_SYSTEM_PROMPT
from services.text.providers.google.settings import GoogleSettings
from services.text.providers.openai.settings import OpenAISettings


class TextVendor(StrEnum):
    """The vendors of language models."""

    OPENAI = "openai"
    GOOGLE = "google"


class TextSettings(OpenAISettings, GoogleSettings, ServiceSettings):
    """The text service's environment. Each field is the variable of the same name in upper case."""

    grpc_port: Port = Field(default=7051, description="a free TCP port for gRPC")
    metrics_port: Port = Field(default=9091, description="a free TCP port for /metrics, /readyz and /livez")

    text_providers: Names[TextVendor] = Field(
        default=(TextVendor.OPENAI, TextVendor.GOOGLE),
        min_length=1,
        description="openai and google, the preferred one first; one without a key and a server is left out",
    )
    text_system_prompt: str = Field(
        default=DEFAULT_SYSTEM_PROMPT, min_length=1, description="sets tone and rules"
    )
    text_focus_models: Names[str] = Field(
        default=(),
        description="models that only the focus group gets, the first of them unless they choose another",
    )
    text_focus_system_prompt: str = Field(
        default="", description="the focus group's tone and rules; empty: everybody's"
    )
    text_max_output_tokens: int = Field(default=8192, ge=16, description="longest answer")
    text_max_instruction_characters: int = Field(default=32_000, ge=1, description="longest question")
    text_max_material_characters: int = Field(
        default=400_000, ge=1, description="all materials of a turn together"
    )
    text_max_wishes_characters: int = Field(
        default=2000, ge=0, description="how a user wishes to be answered"
    )
    text_max_image_bytes: int = Field(default=10_000_000, ge=0, description="all pictures of a turn together")
    text_history_pictures: int = Field(
        default=3, ge=0, description="pictures of earlier turns that go along with a question"
    )
    text_pictures_bytes: int = Field(
        default=512 * 1024**2,
        ge=1,
        description="all pictures that are kept; more are not, until old ones expire",
    )
    text_picture_days: float = Field(default=30.0, gt=0, description="how long a picture is kept")
    text_history_tokens: int = Field(
        default=32_000,
        ge=1,
        description="how much a conversation remembers word for word; what is older is summarised (estimate)",
    )
    text_history_bytes: int = Field(
        default=384 * 1024,
        ge=1024,
        le=512 * 1024,
        description="the most that is stored of a conversation, in bytes of text",
    )
    text_conversation_days: float = Field(
        default=90.0, gt=0, description="how long a silent conversation is kept"
    )
    text_max_streams: int = Field(default=2000, ge=1, description="answers under way at once")
    text_max_summaries: int = Field(default=4, ge=1, description="conversations summarised at once")
    text_coalescing_seconds: float = Field(default=0.05, ge=0, description="least time between two deltas")
    text_retry_budget_seconds: float = Field(
        default=8.0, ge=0, description="for asking a failing vendor again"
    )
    text_max_retries: int = Field(default=2, ge=0, description="how often to ask a failing vendor again")
    text_failover_seconds: float = Field(
        default=30.0, gt=0, description="how long a vendor may be silent while another could be asked"
    )
    text_voice_timeout_seconds: float = Field(
        default=75.0, gt=0, description="for a vendor to hear a recording or to speak a text"
    )
    text_max_voices: int = Field(default=16, ge=1, description="recordings heard and texts spoken at once")
    text_breaker_failures: int = Field(
        default=5, ge=1, description="failures in a row after which a vendor is not asked for a while"
    )
    text_breaker_seconds: float = Field(default=5.0, gt=0, description="that while, at first")
    text_breaker_longest_seconds: float = Field(
        default=300.0, gt=0, description="the same, after many trials that failed"
    )
    text_store_timeout_seconds: float = Field(
        default=10.0, gt=0, description="for keeping an answer in the store"
    )
    stream_replicas: int = Field(default=1, ge=1, le=5, description="copies of the bucket in a NATS cluster")

    @model_validator(mode="after")
    def _has_a_vendor(self) -> Self:
        if not self.models_by_vendor:
            raise ValueError(
                "set OPENAI_API_KEY to the key from platform.openai.com or GOOGLE_API_KEY to the one from "
                "aistudio.google.com, or OPENAI_BASE_URL or GOOGLE_BASE_URL to a server that needs none"
            )
        return self

    @model_validator(mode="after")
    def _has_its_focus_models(self) -> Self:
        vendors = self.models_by_vendor.values()
        choices = {model for default, *others in vendors for model in others if model != default}
        unknown = [model for model in self.text_focus_models if model not in choices]
        if unknown:
            raise ValueError(
                f"TEXT_FOCUS_MODELS names {', '.join(unknown)}: add it to OPENAI_MODELS or GOOGLE_MODELS; "
                "a vendor's default model is everybody's"
            )
        return self

    @property
    def models_by_vendor(self) -> dict[str, tuple[str, ...]]:
        """The models that users may choose, each vendor's default first, the preferred vendor first."""
        configured: dict[str, tuple[str, ...]] = {}
        if self.has_openai:
            configured[TextVendor.OPENAI] = self.openai_model_ids
        if self.has_google:
            configured[TextVendor.GOOGLE] = self.google_model_ids
        return {vendor: configured[vendor] for vendor in self.text_providers if vendor in configured}

    @property
    def patience(self) -> Patience:
        return Patience(self.text_max_retries, self.text_retry_budget_seconds, self.text_failover_seconds)

    @property
    def breaker_policy(self) -> BreakerPolicy:
        return BreakerPolicy(
            self.text_breaker_failures, self.text_breaker_seconds, self.text_breaker_longest_seconds
        )
