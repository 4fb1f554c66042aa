import tempfile
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RunwaySettings(BaseSettings):
    """The stand-in's environment. Each field is the variable SANDBOX_RUNWAY_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_RUNWAY_", frozen=True, extra="ignore")

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8084, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    directory: Path | None = Field(
        default=None, description="Folder of the tasks, which outlive the process; without it they do not."
    )
    film_seconds: float = Field(default=20.0, ge=0, description="How long a film takes to make.")
    concurrency: int = Field(default=5, ge=1, description="Films made at once; the others are THROTTLED.")
    url_seconds: float = Field(default=86_400.0, gt=0, description="How long a film's address works.")

    @property
    def folder(self) -> Path:
        return self.directory or Path(tempfile.mkdtemp(prefix="sandbox-runway-"))
