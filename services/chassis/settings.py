import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSettings

from services.chassis.environment import Environment
from services.chassis.errors import StartupError
from services.chassis.failpoints import Failpoints

__all__ = ["Environment", "LogFormat", "LogLevel", "Port", "ServiceSettings", "SettingsError", "load"]

DRAIN_SECONDS_IN_PRODUCTION: Final = 5.0
NATS_SCHEMES: Final = ("nats", "tls", "ws", "wss")

Port = Annotated[int, Field(ge=1, le=65535, description="a free TCP port")]


class LogFormat(StrEnum):
    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class SettingsError(StartupError):
    """The environment is incomplete or wrong. The text names each variable and never a value."""


def _usual_drain_seconds(fields: Mapping[str, Any]) -> float:
    is_production = fields.get("environment", Environment.PRODUCTION) is Environment.PRODUCTION
    return DRAIN_SECONDS_IN_PRODUCTION if is_production else 0.0


class ServiceSettings(BaseSettings):
    """What every process reads from its environment.

    A variable is its field's name in upper case; an empty one counts as unset.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    environment: Environment = Field(
        default=Environment.PRODUCTION,
        validation_alias="QUARTET_ENVIRONMENT",
        description="where the process runs: local, test or production",
    )
    quartet_release: str = Field(default="", description="the version that runs, for those who compare them")
    nats_url: str = Field(
        default="nats://127.0.0.1:4222",
        description="the NATS server, such as nats://127.0.0.1:4222; several are separated by commas",
    )
    log_level: LogLevel = Field(default=LogLevel.INFO, description="DEBUG, INFO, WARNING or ERROR")
    log_format: LogFormat = Field(
        default=LogFormat.JSON, description="json for machines or console for people"
    )
    otel_exporter_otlp_endpoint: str | None = Field(
        default=None,
        description="an OTLP/gRPC collector, such as http://127.0.0.1:4317; empty turns the export off",
    )
    grpc_host: str = Field(
        default="127.0.0.1", description="the address to listen on; 0.0.0.0 in a container"
    )
    grpc_port: Port = Field(description="a free TCP port for gRPC")
    metrics_port: Port = Field(description="a free TCP port for /metrics, /readyz and /livez")
    tls_directory: Path | None = Field(
        default=None,
        description="a folder with ca.crt, tls.crt and tls.key for mutual TLS between services; empty: plain",
    )
    failpoints: str = Field(default="", description="places to fail at, in tests only")
    drain_seconds: float = Field(
        default_factory=_usual_drain_seconds,
        ge=0,
        le=300,
        description="how long to wait, on SIGTERM, for callers to see that this process takes no new calls",
    )
    grace_seconds: float = Field(
        default=25.0, ge=0, le=3600, description="how long running calls may take to end after that"
    )

    @model_validator(mode="before")
    @classmethod
    def _accept_the_field_name(cls, values: dict[str, Any]) -> dict[str, Any]:
        # pydantic's own by-name validation would read ENVIRONMENT, which belongs to whoever runs the host.
        if "environment" in values:
            return {**values, "QUARTET_ENVIRONMENT": values["environment"]}
        return values

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("nats_url")
    @classmethod
    def _is_nats(cls, value: str) -> str:
        for server in value.split(","):
            parts = urlsplit(server.strip())
            if parts.scheme not in NATS_SCHEMES or not parts.hostname:
                raise ValueError("every server must look like nats://host:port")
        return value

    @model_validator(mode="after")
    def _failpoints_are_for_tests(self) -> "ServiceSettings":
        Failpoints(self.failpoints, self.environment)
        return self

    @model_validator(mode="after")
    def _ports_differ(self) -> "ServiceSettings":
        if self.grpc_port == self.metrics_port:
            raise ValueError("GRPC_PORT and METRICS_PORT must differ")
        return self

    def secrets(self) -> Iterator[str]:
        """Yield every value that must not be shown: secret fields, and the passwords inside URLs."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()
                yield from _passwords(value.get_secret_value())
            elif isinstance(value, str):
                yield from _passwords(value)


S = TypeVar("S", bound=ServiceSettings)


def load(cls: type[S], **overrides: Any) -> S:
    """Read the settings from the environment, and systemd's credentials: files named as variables.

    The environment wins. Raises SettingsError, whose text says what to set.
    """
    # https://systemd.io/CREDENTIALS
    if folder := os.environ.get("CREDENTIALS_DIRECTORY"):
        overrides = {"_secrets_dir": folder, **overrides}
    try:
        return cls(**overrides)
    except ValidationError as error:
        lines = [
            _explain(cls, problem["loc"], problem["msg"], problem["type"])
            for problem in error.errors()
            if problem["type"] != "default_factory_not_called"  # only says that another variable is wrong
        ]
    except UnreadableSettings as error:
        lines = [str(error)]
    raise SettingsError("The settings are incomplete or wrong:\n" + "\n".join(f"  {line}" for line in lines))


def _explain(cls: type[ServiceSettings], location: tuple[int | str, ...], message: str, kind: str) -> str:
    reason = message.removeprefix("Value error, ")
    if not location:
        return reason
    name = str(location[0]).upper()
    info = next(
        (
            known
            for field, known in cls.model_fields.items()
            if name in (field.upper(), known.validation_alias)
        ),
        None,
    )
    wanted = f" ({info.description})" if info and info.description else ""
    return f"{name} is not set{wanted}" if kind == "missing" else f"{name}: {reason}{wanted}"


def _passwords(value: str) -> Iterator[str]:
    for part in value.split(","):
        if "://" in part and "@" in part:
            authority = part.split("://", 1)[1].rsplit("@", 1)[0]
            yield authority
            yield from authority.split(":", 1)[1:]
