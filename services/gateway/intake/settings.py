import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from services.chassis.settings import ServiceSettings

# https://core.telegram.org/bots/api#setwebhook allows one character; that could be guessed.
WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,256}")

Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode]


class TelegramMode(StrEnum):
    POLLING = "polling"
    WEBHOOK = "webhook"


class IntakeSettings(ServiceSettings):
    """How updates come in. Each field is the variable of the same name in upper case."""

    telegram_mode: TelegramMode = Field(TelegramMode.POLLING, description="How updates come in.")
    telegram_drop_pending: bool = Field(
        False,
        description="Whether a switch between polling and a webhook, or to another address, drops what waits "
        "at Telegram. A start without a switch drops nothing.",
    )
    telegram_webhook_url: str | None = Field(None, description="Public address of the webhook.")
    telegram_webhook_secret: SecretStr | None = Field(
        None, description="Shared with Telegram, 16 to 256 of A-Z a-z 0-9 _ -."
    )
    telegram_webhook_networks: Networks = Field(
        (),
        description="Networks that may call the webhook, separated by commas; Telegram's are "
        "149.154.160.0/20,91.108.4.0/22. Empty: everyone who knows the secret.",
    )
    webhook_trusted_proxies: Networks = Field(
        (ip_network("127.0.0.0/8"), ip_network("::1/128")),
        description="Networks of the proxies in front, whose X-Forwarded-For counts.",
    )
    telegram_webhook_check_seconds: float = Field(
        15.0, gt=0, description="How often it is looked whether Telegram still knows the webhook."
    )
    webhook_host: str = Field("127.0.0.1", description="Address the webhook listens on.")
    webhook_port: int = Field(8080, description="Port the webhook listens on.")

    @field_validator("telegram_webhook_networks", "webhook_trusted_proxies", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _webhook_is_closed_to_strangers(self) -> Self:
        if self.telegram_mode is TelegramMode.WEBHOOK:
            if not self.telegram_webhook_url:
                raise ValueError(
                    "TELEGRAM_MODE=webhook needs TELEGRAM_WEBHOOK_URL, the address Telegram calls"
                )
            secret = self.telegram_webhook_secret
            if secret is None or not WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
                raise ValueError(
                    "TELEGRAM_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET, 16 to 256 of A-Z a-z 0-9 _ -: "
                    "without it anyone could post updates"
                )
        return self
