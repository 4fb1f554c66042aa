from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field, SecretStr, field_validator, model_validator

from services.chassis.environment import Environment
from services.chassis.roles import RoleSettings
from services.chassis.settings import Port

LEAST_SECRET_CHARACTERS: Final = 32
# https://core.telegram.org/bots/webapps#validating-data-for-third-party-use
TELEGRAM_KEY: Final = "e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d"


class PanelSettings(RoleSettings):
    """What the panel takes. Each field is the variable of the same name in upper case."""

    panel_host: str = Field("127.0.0.1", description="address the panel listens on")
    panel_port: Port = Field(8060, description="a free TCP port for the panel")
    panel_url: str = Field(
        "http://127.0.0.1:8060", description="the address that browsers know the panel by; https beyond here"
    )
    panel_secret: SecretStr | None = Field(
        None, description="what sessions are signed with, at least 32 characters, the same in every replica"
    )
    panel_trusted_proxies: str = Field(
        "127.0.0.1", description="addresses of the proxies in front, whose X-Forwarded-For counts"
    )
    panel_idle_minutes: int = Field(60, ge=1, le=1440, description="a session that is not used ends after it")
    panel_session_hours: int = Field(12, ge=1, le=168, description="a session ends after it in any case")
    panel_link_minutes: int = Field(10, ge=1, le=60, description="how long a one-time link opens the panel")
    panel_trace_url: str = Field(
        "", description="where traces are looked at, such as https://tempo.example/trace/{trace_id}"
    )
    telegram_bot_id: int | None = Field(
        None, ge=1, description="the number before the colon of the bot's token; without it no Mini App"
    )
    telegram_public_key: str = Field(
        TELEGRAM_KEY, description="Telegram's Ed25519 key that Mini Apps are verified with, in hex"
    )
    mini_app_fresh_seconds: int = Field(
        300, ge=10, le=3600, description="how old what Telegram signed for the Mini App may be"
    )
    gateway_target: str = Field("dns:///127.0.0.1:7050", description="gRPC target of the gateway")
    video_target: str = Field("dns:///127.0.0.1:7054", description="gRPC target of the video service")

    @field_validator("panel_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise ValueError("must look like https://panel.example")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("must have no path: the panel wants a host of its own")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("panel_trace_url")
    @classmethod
    def _is_of_a_trace(cls, value: str) -> str:
        if value and not (value.startswith(("https://", "http://")) and "{trace_id}" in value):
            raise ValueError("must look like https://tempo.example/trace/{trace_id}")
        return value

    @field_validator("telegram_public_key")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(value))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise ValueError("must be an Ed25519 public key, 64 hex digits") from error
        return value.lower()

    @model_validator(mode="after")
    def _panel_is_nobody_elses(self) -> Self:
        secret = self.panel_secret
        if secret is not None and len(secret.get_secret_value()) < LEAST_SECRET_CHARACTERS:
            raise ValueError(f"PANEL_SECRET must have at least {LEAST_SECRET_CHARACTERS} characters")
        if self.environment is Environment.PRODUCTION:
            if secret is None:
                raise ValueError("PANEL_SECRET is not set (make one: openssl rand -hex 32)")
            if not self.panel_is_https and not is_loopback(urlsplit(self.panel_url).hostname or ""):
                raise ValueError("PANEL_URL must be https beyond this machine")
            if self.telegram_public_key != TELEGRAM_KEY:
                raise ValueError("TELEGRAM_PUBLIC_KEY must be Telegram's own: another lets anyone in")
        return self

    @property
    def panel_is_https(self) -> bool:
        return self.panel_url.startswith("https://")


def is_loopback(host: str) -> bool:
    """Tell whether an address or name is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
