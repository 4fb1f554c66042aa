from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from services.chassis.roles import RoleSettings
from services.chassis.settings import Port
from services.providers.breaker import BreakerPolicy
from services.providers.patience import Patience
from services.providers.settings import Names
from services.video.providers.google.settings import GoogleVideoSettings
from services.video.providers.runway.settings import RunwayVideoSettings


class VideoVendor(StrEnum):
    """The vendors of video models."""

    RUNWAY = "runway"
    GOOGLE = "google"


class VideoSettings(RunwayVideoSettings, GoogleVideoSettings, RoleSettings):
    """The environment of the video service and of its workers.

    Each field is the variable of the same name in upper case.
    """

    grpc_port: Port = Field(default=7054, description="a free TCP port for gRPC")
    metrics_port: Port = Field(default=9094, description="a free TCP port for /metrics, /readyz and /livez")

    video_providers: Names[VideoVendor] = Field(
        default=(VideoVendor.RUNWAY, VideoVendor.GOOGLE),
        min_length=1,
        description="runway and google, the preferred one first; one without a key and a server is left out",
    )
    video_max_prompt_characters: int = Field(default=1000, ge=1, description="longest description")
    video_max_first_frame_bytes: int = Field(
        default=10_000_000, ge=1, le=20_000_000, description="largest picture to be set in motion"
    )
    video_max_per_user: int = Field(default=3, ge=1, description="videos of one user under way at once")
    video_max_jobs: int = Field(default=1000, ge=1, description="videos of all users under way at once")
    video_seconds_per_day: int = Field(
        default=60, ge=1, description="seconds of video a user may order a day"
    )
    video_time_zone: str = Field(default="Europe/Moscow", description="where a day begins at midnight")
    video_job_hours: float = Field(
        default=24.0, gt=0, le=40.0, description="how long an order may take before it is given up"
    )
    video_kept_days: float = Field(default=30.0, gt=0, description="how long a video is kept")
    video_store_bytes: int = Field(
        default=3 * 1024**3, ge=1024**2, description="all videos that are kept; the oldest make room"
    )
    video_store_timeout_seconds: float = Field(default=60.0, gt=0, description="for keeping a video")
    video_max_file_bytes: int = Field(
        default=500_000_000, ge=1_000_000, description="largest video taken from a vendor"
    )
    video_max_fetches: int = Field(default=16, ge=1, description="kept videos sent at once")
    video_sweep_seconds: float = Field(
        default=60.0, gt=0, description="how often jobs that the queue has lost are looked for"
    )
    video_usual_seconds: float = Field(
        default=90.0, gt=0, description="how long a video takes, as long as none has been made"
    )

    video_vendor_concurrency: int = Field(
        default=5, ge=1, description="videos that the vendor makes for this account at once; for estimates"
    )

    video_worker_jobs: int = Field(default=32, ge=1, description="videos that one worker looks after at once")
    video_poll_seconds: float = Field(
        default=5.0, gt=0, description="how often a vendor is asked how far a video is"
    )
    video_submit_seconds: float = Field(default=60.0, gt=0, description="for a vendor to take an order")
    video_max_attempts: int = Field(
        default=12, ge=1, description="how often an order that every vendor refuses for now is given again"
    )
    video_max_deliveries: int = Field(
        default=20, ge=1, description="how often a job may be begun anew after whoever did it died"
    )
    video_films_at_once: int = Field(default=2, ge=1, le=32, description="videos checked and recoded at once")
    video_directory: str = Field(
        default="", description="folder for videos on their way; the system's temporary one where empty"
    )
    video_breaker_failures: int = Field(
        default=5, ge=1, description="failures in a row after which a vendor is not asked for a while"
    )
    video_breaker_seconds: float = Field(default=5.0, gt=0, description="that while, at first")
    video_breaker_longest_seconds: float = Field(
        default=300.0, gt=0, description="the same, after many trials that failed"
    )
    stream_replicas: int = Field(default=1, ge=1, le=5, description="copies of each stream in a NATS cluster")

    @field_validator("video_time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                "must be a name of the IANA time zone database, such as Europe/Moscow"
            ) from error
        return value

    @model_validator(mode="after")
    def _has_a_vendor(self) -> Self:
        if not self.models_by_vendor:
            raise ValueError(
                "set RUNWAYML_API_SECRET to the key from dev.runwayml.com or GOOGLE_API_KEY to the one from "
                "aistudio.google.com, or RUNWAYML_BASE_URL or GOOGLE_BASE_URL to a server that needs none"
            )
        return self

    @property
    def models_by_vendor(self) -> dict[str, tuple[str, ...]]:
        """The models that users may choose, each vendor's default first, the preferred vendor first."""
        configured: dict[str, tuple[str, ...]] = {}
        if self.has_runway:
            configured[VideoVendor.RUNWAY] = self.runway_video_model_ids
        if self.has_google:
            configured[VideoVendor.GOOGLE] = self.google_video_model_ids
        return {vendor: configured[vendor] for vendor in self.video_providers if vendor in configured}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.video_time_zone)

    @property
    def patience(self) -> Patience:
        """The vendors are asked once each: the worker itself comes back later, also after its death.

        A vendor that is silent is never given up for the next one: it may have taken the order.
        """
        return Patience(max_retries=0, budget_seconds=0.0, failover_seconds=self.video_submit_seconds * 2)

    @property
    def breaker_policy(self) -> BreakerPolicy:
        return BreakerPolicy(
            self.video_breaker_failures, self.video_breaker_seconds, self.video_breaker_longest_seconds
        )
