from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from services.chassis.settings import Port, ServiceSettings
from services.image.providers.google.settings import GoogleImageSettings
from services.image.providers.openai.settings import OpenAIImageSettings
from services.providers.breaker import BreakerPolicy
from services.providers.patience import Patience
from services.providers.settings import Names


class ImageVendor(StrEnum):
    """The vendors of image models."""

    OPENAI = "openai"
    GOOGLE = "google"


class ImageSettings(OpenAIImageSettings, GoogleImageSettings, ServiceSettings):
    """The image service's environment. Each field is the variable of the same name in upper case."""

    grpc_port: Port = Field(default=7052, description="a free TCP port for gRPC")
    metrics_port: Port = Field(default=9092, description="a free TCP port for /metrics, /readyz and /livez")

    image_providers: Names[ImageVendor] = Field(
        default=(ImageVendor.OPENAI, ImageVendor.GOOGLE),
        min_length=1,
        description="openai and google, the preferred one first; one without a key and a server is left out",
    )
    image_max_prompt_characters: int = Field(default=4000, ge=1, description="longest description")
    image_max_inputs: int = Field(default=4, ge=1, description="pictures sent along with an order")
    image_max_input_bytes: int = Field(default=20_000_000, ge=1, description="all of them together")
    image_max_input_megapixels: int = Field(default=50, ge=1, le=89, description="each of them")
    image_max_per_user: int = Field(default=3, ge=1, description="pictures of one user drawn at once")
    image_max_drawings: int = Field(default=100, ge=1, description="pictures drawn at once")
    image_max_versions: int = Field(default=1000, ge=1, le=5000, description="pictures of one series")
    image_max_fetches: int = Field(default=32, ge=1, description="kept pictures sent at once")
    image_kept_days: float = Field(default=365.0, gt=0, description="how long a picture is kept")
    image_store_bytes: int = Field(
        default=2 * 1024**3,
        ge=1024**2,
        description="all pictures that are kept; the oldest make room for new ones",
    )
    image_store_timeout_seconds: float = Field(default=20.0, gt=0, description="for keeping a picture")
    image_reader_processes: int = Field(
        default=2, ge=1, le=32, description="pictures read and recoded at once"
    )
    image_retry_budget_seconds: float = Field(
        default=8.0, ge=0, description="for asking a failing vendor again"
    )
    image_max_retries: int = Field(default=2, ge=0, description="how often to ask a failing vendor again")
    image_failover_seconds: float = Field(
        default=90.0, gt=0, description="how long a vendor may be silent while another could be asked"
    )
    image_breaker_failures: int = Field(
        default=5, ge=1, description="failures in a row after which a vendor is not asked for a while"
    )
    image_breaker_seconds: float = Field(default=5.0, gt=0, description="that while, at first")
    image_breaker_longest_seconds: float = Field(
        default=300.0, gt=0, description="the same, after many trials that failed"
    )
    stream_replicas: int = Field(default=1, ge=1, le=5, description="copies of the store in a NATS cluster")

    @model_validator(mode="after")
    def _has_a_vendor(self) -> Self:
        if not self.models_by_vendor:
            raise ValueError(
                "set OPENAI_API_KEY to the key from platform.openai.com or GOOGLE_API_KEY to the one from "
                "aistudio.google.com, or OPENAI_BASE_URL or GOOGLE_BASE_URL to a server that needs none"
            )
        return self

    @property
    def models_by_vendor(self) -> dict[str, tuple[str, ...]]:
        """The models that users may choose, each vendor's default first, the preferred vendor first."""
        configured: dict[str, tuple[str, ...]] = {}
        if self.has_openai:
            configured[ImageVendor.OPENAI] = self.openai_image_model_ids
        if self.has_google:
            configured[ImageVendor.GOOGLE] = self.google_image_model_ids
        return {vendor: configured[vendor] for vendor in self.image_providers if vendor in configured}

    @property
    def patience(self) -> Patience:
        return Patience(self.image_max_retries, self.image_retry_budget_seconds, self.image_failover_seconds)

    @property
    def breaker_policy(self) -> BreakerPolicy:
        return BreakerPolicy(
            self.image_breaker_failures, self.image_breaker_seconds, self.image_breaker_longest_seconds
        )
