from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from services.chassis.environment import Environment
from services.chassis.errors import StartupError
from services.chassis.settings import Port


class LocalSettings(BaseModel):
    """What decides which parts run here and where. Each field is the variable of that name in upper case."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    quartet_environment: Environment = Field(Environment.LOCAL, description="local, test or production")
    quartet_data_dir: Path = Field(Path(".local"), description="folder for everything that is kept")

    nats_url: str | None = Field(None, description="a NATS server of your own; without it one is started")
    nats_port: Port = Field(4222, description="a free TCP port for the nats-server started here")

    telegram_bot_token: SecretStr | None = Field(None, description="the bot's token, from @BotFather")
    telegram_api_url: str | None = Field(None, description="base of another Bot API server")
    telegram_proxy: str | None = Field(None, description="proxy to Telegram")
    sandbox_host: str = Field("127.0.0.1", description="address the sandbox listens on")
    sandbox_telegram_port: Port = Field(8081, description="a free TCP port for the chat page and its Bot API")

    openai_api_key: SecretStr | None = Field(None, description="the key, from platform.openai.com")
    openai_base_url: str | None = Field(None, description="another server that speaks OpenAI's API")
    sandbox_openai_host: str = Field("127.0.0.1", description="address the stand-in for OpenAI listens on")
    sandbox_openai_port: Port = Field(8082, description="a free TCP port for the stand-in for OpenAI")

    google_api_key: SecretStr | None = Field(None, description="the key, from aistudio.google.com")
    google_base_url: str | None = Field(None, description="another server that speaks the Gemini API")
    sandbox_google_host: str = Field("127.0.0.1", description="address the stand-in for Google listens on")
    sandbox_google_port: Port = Field(8083, description="a free TCP port for the stand-in for Google")

    runwayml_api_secret: SecretStr | None = Field(None, description="the key, from dev.runwayml.com")
    runwayml_base_url: str | None = Field(None, description="another server that speaks Runway's API")
    sandbox_runway_host: str = Field("127.0.0.1", description="address the stand-in for Runway listens on")
    sandbox_runway_port: Port = Field(8084, description="a free TCP port for the stand-in for Runway")

    grpc_host: str = Field("127.0.0.1", description="address the services listen on")
    text_grpc_port: Port = Field(7051, description="a free TCP port for the text service's gRPC")
    text_metrics_port: Port = Field(9091, description="a free TCP port for the text service's metrics")
    image_grpc_port: Port = Field(7052, description="a free TCP port for the image service's gRPC")
    image_metrics_port: Port = Field(9092, description="a free TCP port for the image service's metrics")
    docs_grpc_port: Port = Field(7053, description="a free TCP port for the docs service's gRPC")
    docs_metrics_port: Port = Field(9093, description="a free TCP port for the docs service's metrics")
    video_grpc_port: Port = Field(7054, description="a free TCP port for the video service's gRPC")
    video_metrics_port: Port = Field(9094, description="a free TCP port for the video service's metrics")
    video_worker_grpc_port: Port = Field(7055, description="a free TCP port for the video worker's health")
    video_worker_metrics_port: Port = Field(
        9095, description="a free TCP port for the video worker's metrics"
    )
    admin_grpc_port: Port = Field(7056, description="a free TCP port for the admin service's gRPC")
    admin_metrics_port: Port = Field(9096, description="a free TCP port for the admin service's metrics")
    panel_host: str = Field("127.0.0.1", description="address the panel listens on")
    panel_port: Port = Field(8060, description="a free TCP port for the panel")
    panel_url: str | None = Field(None, description="the address that browsers know the panel by")
    admin_ids: str = Field("", description="Telegram ids of the owners, separated by commas")
    gateway_grpc_port: Port = Field(7050, description="a free TCP port for the gateway's gRPC")
    gateway_metrics_port: Port = Field(9090, description="a free TCP port for the gateway's metrics")
    webhook_host: str = Field("127.0.0.1", description="address the webhook listens on")
    webhook_port: Port = Field(8080, description="a free TCP port for Telegram's webhook")
    telegram_mode: str = Field("polling", description="polling or webhook")

    grace_seconds: float = Field(5.0, ge=0, description="how long a part may take to end after Ctrl-C")

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Take the settings out of an environment; an empty variable counts as unset. Raises StartupError."""
        values = {name: environment.get(name.upper()) for name in cls.model_fields}
        try:
            return cls.model_validate({name: value for name, value in values.items() if value})
        except ValidationError as error:
            raise StartupError(
                "\n".join(_explain(cls, *problem["loc"]) for problem in error.errors())
            ) from None

    @property
    def runs_nats(self) -> bool:
        return self.nats_url is None

    @property
    def runs_telegram(self) -> bool:
        """Whether the sandbox stands in for Telegram: neither a token nor another server is named."""
        return self.telegram_bot_token is None and self.telegram_api_url is None

    @property
    def has_openai(self) -> bool:
        return self.openai_api_key is not None or self.openai_base_url is not None

    @property
    def has_google(self) -> bool:
        return self.google_api_key is not None or self.google_base_url is not None

    @property
    def has_runway(self) -> bool:
        return self.runwayml_api_secret is not None or self.runwayml_base_url is not None

    @property
    def runs_runway(self) -> bool:
        """Whether the sandbox stands in for Runway: no vendor of videos has a key or another server."""
        return not self.has_runway and not self.has_google

    @property
    def runs_vendors(self) -> bool:
        """Whether the sandbox stands in for OpenAI and Google: neither has a key or another server.

        Beside a real vendor there is no stand-in: what it says would pass for a real answer.
        """
        return not self.has_openai and not self.has_google


def _explain(settings: type[LocalSettings], name: int | str, *_rest: int | str) -> str:
    wanted = settings.model_fields[str(name)].description
    return f"{str(name).upper()} is wrong: set it to {wanted}, or unset it."
