from pydantic import BaseModel, Field, SecretStr

from services.providers.settings import HttpUrl, ProxyUrl


class OpenAIAccount(BaseModel):
    """How OpenAI is reached. Each field is the variable of the same name in upper case."""

    openai_api_key: SecretStr | None = Field(default=None, description="the key, from platform.openai.com")
    openai_base_url: HttpUrl | None = Field(
        default=None, description="another server that speaks OpenAI's API, such as http://127.0.0.1:8000/v1"
    )
    openai_proxy: ProxyUrl | None = Field(default=None, description="an http:// or socks5:// proxy to OpenAI")
    openai_connect_timeout_seconds: float = Field(default=5.0, gt=0, description="to reach the vendor")

    @property
    def has_openai(self) -> bool:
        """Whether there is a key, or a server that may need none."""
        return self.openai_api_key is not None or self.openai_base_url is not None
