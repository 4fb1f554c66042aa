from pydantic import Field

from services.providers.deadlines import Timeouts
from services.providers.google.account import GoogleAccount
from services.providers.settings import Names


class GoogleImageSettings(GoogleAccount):
    """Google's part of the environment. Each field is the variable of the same name in upper case."""

    google_image_model: str = Field(
        default="gemini-nano-banana-2.1", min_length=1, description="the model of those who chose none"
    )
    google_image_models: Names[str] = Field(
        default=(), description="more models that users may choose, separated by commas"
    )
    google_image_previewing_models: Names[str] = Field(
        default=(),
        description="those of them that show what they draw on their way, such as gemini-3-pro-image; "
        "one that cannot refuses to draw at all",
    )
    google_image_first_piece_timeout_seconds: float = Field(
        default=120.0, gt=0, description="until the picture, as there are seldom previews"
    )
    google_image_next_piece_timeout_seconds: float = Field(
        default=90.0, gt=0, description="between two pieces of an answer"
    )
    google_image_total_timeout_seconds: float = Field(default=240.0, gt=0, description="for a whole picture")

    @property
    def google_image_model_ids(self) -> tuple[str, ...]:
        """Google's image models that users may choose, the default first."""
        return tuple(dict.fromkeys((self.google_image_model, *self.google_image_models)))

    @property
    def google_image_timeouts(self) -> Timeouts:
        return Timeouts(
            first_token_seconds=self.google_image_first_piece_timeout_seconds,
            next_token_seconds=self.google_image_next_piece_timeout_seconds,
            total_seconds=self.google_image_total_timeout_seconds,
        )
