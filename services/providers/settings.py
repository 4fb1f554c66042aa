from typing import Annotated, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

PROXY_SCHEMES: Final = ("http", "https", "socks5", "socks5h")

N = TypeVar("N", bound=str)


def _split(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _http(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https"):
        raise ValueError("must begin with http:// or https://")
    return value


def _proxy(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in PROXY_SCHEMES:
        raise ValueError(f"must begin with one of {', '.join(f'{scheme}://' for scheme in PROXY_SCHEMES)}")
    return value


# Names separated by commas or spaces.
Names = Annotated[tuple[N, ...], NoDecode, BeforeValidator(_split)]
HttpUrl = Annotated[str, AfterValidator(_http)]
ProxyUrl = Annotated[SecretStr, AfterValidator(_proxy)]
