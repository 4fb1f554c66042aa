from pydantic import Field

from services.chassis.settings import Port
from services.video.settings import VideoSettings


class WorkerSettings(VideoSettings):
    """The environment of a worker. Each field is the variable of the same name in upper case."""

    grpc_port: Port = Field(default=7055, description="a free TCP port for the health check")
    metrics_port: Port = Field(default=9095, description="a free TCP port for /metrics, /readyz and /livez")
    video_takeover_seconds: float = Field(
        default=15.0, ge=0.5, description="so long after a worker's death another one takes its jobs over"
    )
