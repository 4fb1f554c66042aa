from pydantic import BaseModel, Field, SecretStr

from services.providers.settings import HttpUrl, ProxyUrl


class RunwayAccount(BaseModel):
    """How Runway is reached. Each field is the variable of the same name in upper case."""

    runwayml_api_secret: SecretStr | None = Field(default=None, description="the key, from dev.runwayml.com")
    runwayml_base_url: HttpUrl | None = Field(
        default=None, description="another server that speaks Runway's API, such as http://127.0.0.1:8084"
    )
    runway_proxy: ProxyUrl | None = Field(default=None, description="an http:// or socks5:// proxy to Runway")
    runway_connect_timeout_seconds: float = Field(default=5.0, gt=0, description="to reach the vendor")

    @property
    def has_runway(self) -> bool:
        """Whether there is a key, or a server that may need none."""
        return self.runwayml_api_secret is not None or self.runwayml_base_url is not None
