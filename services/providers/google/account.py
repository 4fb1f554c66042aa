from pydantic import BaseModel, Field, SecretStr

from services.providers.settings import HttpUrl, ProxyUrl


class GoogleAccount(BaseModel):
    """How Google is reached. Each field is the variable of the same name in upper case."""

    google_api_key: SecretStr | None = Field(default=None, description="the key, from aistudio.google.com")
    google_base_url: HttpUrl | None = Field(
        default=None, description="another server that speaks the Gemini API, such as http://127.0.0.1:8083"
    )
    google_proxy: ProxyUrl | None = Field(default=None, description="an http:// or socks5:// proxy to Google")
    google_connect_timeout_seconds: float = Field(default=5.0, gt=0, description="to reach the vendor")

    @property
    def has_google(self) -> bool:
        """Whether there is a key, or a server that may need none."""
        return self.google_api_key is not None or self.google_base_url is not None
