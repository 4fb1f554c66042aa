from pydantic import Field

from services.providers.settings import Names
from services.video.providers.runway.account import RunwayAccount


class RunwayVideoSettings(RunwayAccount):
    """Runway's part of the environment. Each field is the variable of the same name in upper case."""

    runway_video_model: str = Field(
        default="gen4.5", min_length=1, description="the model of those who chose none"
    )
    runway_video_models: Names[str] = Field(
        default=("veo3.1_fast", "gen4_turbo"),
        description="more models that users may choose, separated by commas",
    )
    runway_output_hosts: Names[str] = Field(
        default=("cloudfront.net", "runwayml.com", "amazonaws.com"),
        min_length=1,
        description="where finished videos may be fetched from, and all names under them",
    )

    @property
    def runway_video_model_ids(self) -> tuple[str, ...]:
        """Runway's video models that users may choose, the default first."""
        return tuple(dict.fromkeys((self.runway_video_model, *self.runway_video_models)))
