from pydantic import Field

from services.providers.deadlines import Timeouts
from services.providers.google.account import GoogleAccount
from services.providers.settings import Names


class GoogleSettings(GoogleAccount):
    """Google's part of the environment. Each field is the variable of the same name in upper case."""

    google_model: str = Field(
        default="gemini-3.8-flash", min_length=1, description="the model of those who chose none"
    )
    google_models: Names[str] = Field(
        default=("gemini-3.5-flash-lite", "gemini-4-argon"),
        description="more models that users may choose, separated by commas",
    )
    google_embedding_model: str = Field(
        default="gemini-embedding-2", description="the model that embeds texts; empty for none"
    )
    google_transcription_model: str = Field(
        default="gemini-3.5-transcribe", description="the model that hears; empty for none"
    )
    google_speech_model: str = Field(
        default="gemini-3.8-flash-tts", description="the model that speaks; empty for none"
    )
    google_voice: str = Field(default="Aoede", min_length=1, description="the voice it speaks with")
    google_first_token_timeout_seconds: float = Field(
        default=90.0, gt=0, description="until an answer begins"
    )
    google_next_token_timeout_seconds: float = Field(
        default=30.0, gt=0, description="between two of its pieces"
    )
    google_total_timeout_seconds: float = Field(default=290.0, gt=0, description="for a whole answer")

    @property
    def google_model_ids(self) -> tuple[str, ...]:
        """Google's models that users may choose, the default first."""
        return tuple(dict.fromkeys((self.google_model, *self.google_models)))

    @property
    def google_timeouts(self) -> Timeouts:
        return Timeouts(
            first_token_seconds=self.google_first_token_timeout_seconds,
            next_token_seconds=self.google_next_token_timeout_seconds,
            total_seconds=self.google_total_timeout_seconds,
        )
