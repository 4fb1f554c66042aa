from enum import StrEnum

from pydantic import Field

from services.providers.deadlines import Timeouts
from services.providers.openai.account import OpenAIAccount
from services.providers.settings import Names


class OpenAIApi(StrEnum):
    """Which of OpenAI's APIs is spoken. `auto`: Responses, and chat completions where a server lacks it."""

    AUTO = "auto"
    RESPONSES = "responses"
    CHAT = "chat"


class OpenAISettings(OpenAIAccount):
    """OpenAI's part of the environment. Each field is the variable of the same name in upper case."""

    openai_model: str = Field(
        default="gpt-6-luna", min_length=1, description="the model of those who chose none"
    )
    openai_models: Names[str] = Field(
        default=("gpt-6.1-terra", "gpt-6.1-sol"),
        description="more models that users may choose, separated by commas",
    )
    openai_embedding_model: str = Field(
        default="text-embedding-3-small", description="the model that embeds texts; empty for none"
    )
    openai_transcription_model: str = Field(
        default="gpt-transcribe", description="the model that hears; empty for none"
    )
    openai_speech_model: str = Field(
        default="gpt-4o-mini-tts", description="the model that speaks; empty for none"
    )
    openai_voice: str = Field(default="marin", min_length=1, description="the voice it speaks with")
    openai_api: OpenAIApi = Field(default=OpenAIApi.AUTO, description="auto, responses or chat")
    openai_first_token_timeout_seconds: float = Field(
        default=90.0, gt=0, description="until an answer begins"
    )
    openai_next_token_timeout_seconds: float = Field(
        default=30.0, gt=0, description="between two of its pieces"
    )
    openai_total_timeout_seconds: float = Field(default=290.0, gt=0, description="for a whole answer")

    @property
    def openai_model_ids(self) -> tuple[str, ...]:
        """OpenAI's models that users may choose, the default first."""
        return tuple(dict.fromkeys((self.openai_model, *self.openai_models)))

    @property
    def openai_timeouts(self) -> Timeouts:
        return Timeouts(
            first_token_seconds=self.openai_first_token_timeout_seconds,
            next_token_seconds=self.openai_next_token_timeout_seconds,
            total_seconds=self.openai_total_timeout_seconds,
        )
