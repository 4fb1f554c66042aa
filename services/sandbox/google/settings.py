import tempfile
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class GoogleSettings(BaseSettings):
    """The stand-in's environment. Each field is the variable SANDBOX_GOOGLE_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_GOOGLE_", frozen=True, extra="ignore")

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8083, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    first_token_ms: float = Field(default=200.0, ge=0, description="Time to the first token.")
    tokens_per_second: float = Field(default=100.0, gt=0, description="Pace of an answer.")
    picture_seconds: float = Field(default=6.0, ge=0, description="How long a picture takes.")
    film_seconds: float = Field(default=20.0, ge=0, description="How long a film takes to make.")
    directory: Path | None = Field(
        default=None, description="Folder of the films' tasks, which outlive the process; else they do not."
    )
    picture_bytes: int | None = Field(
        default=None, ge=1, le=50_000_000, description="Least size of a picture's file."
    )

    @property
    def folder(self) -> Path:
        return self.directory or Path(tempfile.mkdtemp(prefix="sandbox-google-"))
