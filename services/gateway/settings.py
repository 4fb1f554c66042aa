from pathlib import Path
from typing import Self
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator

from services.chassis.environment import Environment
from services.chassis.roles import RoleSettings
from services.gateway.bookkeeping.keyring import Keyring
from services.gateway.intake.settings import IntakeSettings
from services.gateway.links.settings import LinkSettings
from services.gateway.quotas.plan import Plan

LEAST_SECRET_CHARACTERS = 32


class GatewaySettings(IntakeSettings, LinkSettings, RoleSettings):
    """The gateway's environment. Each field is the variable of the same name in upper case."""

    grpc_port: int = 7050
    metrics_port: int = 9090

    telegram_bot_token: SecretStr = Field(description="The bot's token, from @BotFather.")
    telegram_api_url: str = Field("https://api.telegram.org", description="Base of the Bot API server.")
    telegram_proxy: str | None = Field(None, description="http://, socks4:// or socks5:// proxy to Telegram.")
    telegram_messages_per_second: int = Field(
        29, ge=1, description="Sends and edits of the whole bot; Telegram allows about 30."
    )
    telegram_max_file_bytes: int = Field(
        20_000_000,
        ge=1,
        description="Largest file the Bot API server gives; the cloud's limit, unless it is one's own.",
    )
    telegram_files_directory: Path | None = Field(
        None,
        description="Where a Bot API server of one's own in local mode keeps files, at the same path here.",
    )

    analytics_secret: SecretStr = Field(
        SecretStr(""),
        description="Makes the keys by which analysts know users, at least 32 characters, the same in every "
        "replica. Outside production the bot's token stands in.",
    )

    text_target: str = Field("dns:///127.0.0.1:7051", description="gRPC target of the text service.")
    text_patience_seconds: float = Field(
        60.0, gt=0, description="How long an answer waits for a text service that is away."
    )
    image_target: str = Field("dns:///127.0.0.1:7052", description="gRPC target of the image service.")
    image_patience_seconds: float = Field(
        60.0, gt=0, description="How long a picture waits for an image service that is away."
    )

    docs_target: str = Field("dns:///127.0.0.1:7053", description="gRPC target of the document service.")
    docs_patience_seconds: float = Field(
        60.0, gt=0, description="How long a document waits for a document service that is away."
    )

    video_target: str = Field("dns:///127.0.0.1:7054", description="gRPC target of the video service.")
    video_patience_seconds: float = Field(
        60.0, ge=0, description="How long an order of a video waits for a video service that is away."
    )
    admin_target: str = Field(
        "dns:///127.0.0.1:7056", description="gRPC target of the admin service, for /admin and /stats alone."
    )
    quotas: Plan = Field(
        Plan(), description="Limits as JSON: of a user, a group, in total, by plan, by role."
    )
    operator_time_zone: str = Field(
        "Europe/Moscow", description="Where a day and a month begin at midnight, unless a user has another."
    )
    flood_updates: int = Field(
        40, ge=5, description="More than so many of one user within ten seconds are not answered."
    )
    lease_seconds: float = Field(3.0, ge=1, description="How long a silent holder still speaks.")
    max_in_flight_updates: int = Field(2000, ge=1, description="Updates the holder has in its hands.")
    answer_timeout_seconds: float = Field(300.0, gt=0, description="Longest time an answer may take.")
    drawing_timeout_seconds: float = Field(290.0, gt=0, description="Longest time a picture may take.")
    reading_timeout_seconds: float = Field(
        1800.0, gt=0, description="Longest time a document may be read, or an answer from documents may take."
    )
    ledger_hours: int = Field(48, ge=25, description="How long an update is remembered as answered.")
    stream_replicas: int = Field(1, ge=1, le=5, description="Copies of each stream in a NATS cluster.")

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_has_an_id(cls, value: SecretStr) -> SecretStr:
        bot_id, _, secret = value.get_secret_value().partition(":")
        if not bot_id.isdigit() or not secret:
            raise ValueError("is not a bot token (<number>:<secret>); ask @BotFather for one")
        return value

    @field_validator("operator_time_zone")
    @classmethod
    def _time_zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is no time zone; write one such as Europe/Moscow")
        return value

    @field_validator("analytics_secret")
    @classmethod
    def _secret_cannot_be_guessed(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < LEAST_SECRET_CHARACTERS:
            raise ValueError(f"must have at least {LEAST_SECRET_CHARACTERS} characters, or be left out")
        return value

    @model_validator(mode="after")
    def _keys_outlive_the_bots_token(self) -> Self:
        is_production = self.environment is Environment.PRODUCTION
        if is_production and not self.analytics_secret.get_secret_value():
            raise ValueError(
                f"ANALYTICS_SECRET is needed, at least {LEAST_SECRET_CHARACTERS} characters: "
                "analysts know users by what is made with it"
            )
        return self

    @property
    def keyring(self) -> Keyring:
        secret = self.analytics_secret.get_secret_value()
        return Keyring.of(secret, bot_token=self.telegram_bot_token.get_secret_value())

    @property
    def bot_id(self) -> int:
        return int(self.telegram_bot_token.get_secret_value().partition(":")[0])
