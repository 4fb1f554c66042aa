import re
from typing import Final

from services.sandbox.telegram.errors import bad_request

_USER_LINK: Final = re.compile(r"tg:(?://)?user\?id=(\d+)\Z")
_EMOJI_LINK: Final = re.compile(r"tg:(?://)?emoji\?id=(\d+)\Z")
_SCHEMES: Final = frozenset({"http", "https", "tg", "ton", "tonsite"})
_HOST: Final = re.compile(r"[^\s/?#@:]+\.[^\s/?#@:.]{2,}(?::\d+)?\Z")
_LOCAL_HOST: Final = re.compile(r"(?:localhost|\[[0-9a-fA-F:]+\])(?::\d+)?\Z")


class InvalidLink(Exception):
    """The text is not a link Telegram accepts; the message is Telegram's reason."""


def check_link(url: str) -> str:
    """The link as Telegram stores it (scheme and host lower-cased); raises InvalidLink."""
    url = url.strip()
    if not url:
        raise InvalidLink("URL host is empty")
    scheme, separator, rest = url.partition("://")
    if not separator and re.match(r"(?:tg|ton|tonsite):", url, re.IGNORECASE):
        return url
    if not separator:
        scheme, rest = "http", url
    if scheme.lower() not in _SCHEMES:
        raise InvalidLink("Unsupported URL protocol")
    if scheme.lower() not in ("http", "https"):
        return f"{scheme.lower()}://{rest}"
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    if not host:
        raise InvalidLink("URL host is empty")
    if not (_HOST.fullmatch(host) or _LOCAL_HOST.fullmatch(host)):
        raise InvalidLink("Wrong HTTP URL")
    tail = rest[len(host) :] if rest.startswith(host) else rest
    path = tail if tail.startswith("/") or not tail.startswith(("?", "#")) else f"/{tail}"
    return (
        f"{scheme.lower()}://{host.lower()}{path or '/'}" if rest.startswith(host) else f"{scheme}://{rest}"
    )


def find_user_id(url: str) -> int | None:
    """The user behind a tg://user?id= link: a mention of somebody without a username."""
    match = _USER_LINK.match(url)
    return int(match[1]) if match else None


def find_custom_emoji_id(url: str) -> str | None:
    match = _EMOJI_LINK.match(url)
    return match[1] if match else None


def require_https(url: str, what: str) -> None:
    """Raises Telegram's error where only HTTPS links are allowed (Web Apps)."""
    if not url.lower().startswith("https://"):
        raise bad_request(f"{what} URL '{url}' is invalid: Only HTTPS links are allowed")
