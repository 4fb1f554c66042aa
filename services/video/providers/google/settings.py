from pydantic import Field

from services.providers.google.account import GoogleAccount
from services.providers.settings import Names


class GoogleVideoSettings(GoogleAccount):
    """Google's part of the environment. Each field is the variable of the same name in upper case."""

    google_video_model: str = Field(
        default="gemini-omni-1.2-flash", min_length=1, description="the model of those who chose none"
    )
    google_video_models: Names[str] = Field(
        default=(), description="more models that users may choose, separated by commas"
    )
    google_output_hosts: Names[str] = Field(
        default=("googleapis.com", "googleusercontent.com"),
        min_length=1,
        description="where finished videos may be fetched from, and all names under them",
    )

    @property
    def google_video_model_ids(self) -> tuple[str, ...]:
        """Google's video models that users may choose, the default first."""
        return tuple(dict.fromkeys((self.google_video_model, *self.google_video_models)))
