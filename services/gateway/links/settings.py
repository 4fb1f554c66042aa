from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from services.chassis.environment import Environment
from services.chassis.settings import Port, ServiceSettings

LEAST_SECRET_CHARACTERS: Final = 32


class LinkSettings(ServiceSettings):
    """What links to large videos take. Without PUBLIC_URL there are none."""

    public_url: str = Field(default="", description="Public address under which LINKS_PORT can be reached.")
    link_secret: SecretStr | None = Field(
        default=None,
        description="What links are signed with, at least 32 characters, the same in every replica.",
    )
    link_hours: float = Field(default=24.0, gt=0, le=720, description="How long a link leads to its video.")
    links_host: str = Field(default="127.0.0.1", description="Address that links are served on.")
    links_port: Port = Field(default=8090, description="Port that links are served on.")

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (
            parts.scheme not in ("https", "http")
            or not parts.hostname
            or "@" in parts.netloc
            or parts.query
            or parts.fragment
        ):
            raise ValueError("must look like https://bot.example or https://bot.example/quartet")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _links_are_nobody_elses(self) -> Self:
        if not self.public_url:
            return self
        if self.environment is Environment.PRODUCTION and urlsplit(self.public_url).scheme != "https":
            raise ValueError("PUBLIC_URL must begin with https: a link is all that one needs for its video")
        secret = self.link_secret
        if secret is None or len(secret.get_secret_value()) < LEAST_SECRET_CHARACTERS:
            raise ValueError(
                f"PUBLIC_URL needs LINK_SECRET, at least {LEAST_SECRET_CHARACTERS} characters: "
                "without it anyone could make links"
            )
        return self
