from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class TelegramSandboxSettings(BaseSettings):
    """Settings of the Telegram stand-in; each is an environment variable of the same name."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    sandbox_host: str = "127.0.0.1"
    sandbox_port: int = 8081
    sandbox_bot_token: str = "1000000001:sandbox-token-for-local-use-only-000"  # noqa: S105 - the public default
    sandbox_bot_username: str = "quartet_sandbox_bot"
    sandbox_bot_name: str = "Quartet"
    sandbox_topics_enabled: bool = True
    sandbox_inline_enabled: bool = True
    sandbox_inline_feedback: bool = True
    sandbox_limits_enabled: bool = True
    sandbox_messages_per_chat: int = 1000
    sandbox_journal_size: int = 20_000
    sandbox_file_bytes: int = 256 * 1024 * 1024
    # Local mode: files stand here and are named by their path, without a limit (`telegram-bot-api --local`).
    sandbox_files_directory: Path | None = None
    sandbox_draft_seconds: float = 30.0
    sandbox_action_seconds: float = 5.0
    sandbox_callback_seconds: float = 60.0
    sandbox_inline_query_seconds: float = 15.0
    sandbox_update_lifetime_seconds: float = 86_400.0
    sandbox_webhook_timeout_seconds: float = 60.0
    # The unit of the re-sending delays (2, 4, 8 ... of these); tests shorten it.
    sandbox_webhook_delay_seconds: float = 1.0

    @property
    def bot_id(self) -> int:
        return int(self.sandbox_bot_token.partition(":")[0])
