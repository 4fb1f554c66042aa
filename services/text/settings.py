from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from services.chassis.settings import Port, ServiceSettings
from services.text.prompts import DEFAULT_SYSTEM_PROMPT

PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


class OpenAIApi(StrEnum):
    """Which of OpenAI's APIs is spoken. `auto`: Responses, and chat completions where a server lacks it."""

    AUTO = "auto"
    RESPONSES = "responses"
    CHAT = "chat"


class TextSettings(ServiceSettings):
    """The text service's environment. Each field is the variable of the same name in upper case."""

    grpc_port: Port = Field(default=7051, description="a free TCP port for gRPC")
    metrics_port: Port = Field(default=9091, description="a free TCP port for /metrics, /readyz and /livez")

    openai_api_key: SecretStr | None = Field(default=None, description="the key, from platform.openai.com")
    openai_base_url: str | None = Field(
        default=None, description="another server that speaks OpenAI's API, such as http://127.0.0.1:8000/v1"
    )
    openai_model: str = Field(
        default="gpt-6-luna", min_length=1, description="the model of those who chose none"
    )
    openai_models: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("gpt-6.1-terra", "gpt-6.1-sol"),
        description="more models that users may choose, separated by commas",
    )
    openai_proxy: SecretStr | None = Field(
        default=None, description="an http:// or socks5:// proxy to OpenAI"
    )
    openai_api: OpenAIApi = Field(default=OpenAIApi.AUTO, description="auto, responses or chat")
    openai_connect_timeout_seconds: float = Field(default=5.0, gt=0, description="to reach the vendor")
    openai_first_token_timeout_seconds: float = Field(
        default=90.0, gt=0, description="until an answer begins"
    )
    openai_next_token_timeout_seconds: float = Field(
        default=30.0, gt=0, description="between two of its pieces"
    )
    openai_total_timeout_seconds: float = Field(default=290.0, gt=0, description="for a whole answer")

    text_system_prompt: str = Field(
        default=DEFAULT_SYSTEM_PROMPT, min_length=1, description="sets tone and rules"
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

    @field_validator("openai_models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value

    @field_validator("openai_base_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("openai_proxy")
    @classmethod
    def _is_proxy(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in PROXY_SCHEMES:
            raise ValueError(
                f"must begin with one of {', '.join(f'{scheme}://' for scheme in PROXY_SCHEMES)}"
            )
        return value

    @model_validator(mode="after")
    def _has_a_vendor(self) -> Self:
        if self.openai_api_key is None and self.openai_base_url is None:
            raise ValueError(
                "set OPENAI_API_KEY to the key from platform.openai.com, "
                "or OPENAI_BASE_URL to a server that needs none"
            )
        return self

    @property
    def model_ids(self) -> tuple[str, ...]:
        """Every model that users may choose, the default first."""
        return tuple(dict.fromkeys((self.openai_model, *self.openai_models)))
