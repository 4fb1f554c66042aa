from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.admin.panel.access.sessions import Door

LANGUAGE: Final = "quartet_language"
THEME: Final = "quartet_theme"
YEAR_SECONDS: Final = 365 * 86_400


class Cookies:
    """What browsers keep for the panel: who is in, and how it is to look."""

    def __init__(self, *, is_https: bool) -> None:
        self._is_https = is_https
        # The prefix keeps other hosts of the same domain from setting it.
        self._session = "__Host-quartet" if is_https else "quartet"

    def session(self, request: Request) -> str | None:
        return request.cookies.get(self._session)

    def keep_session(self, response: Response, value: str, door: Door, max_age_seconds: float) -> None:
        self._set(response, self._session, value, int(max_age_seconds), is_framed=door is Door.MINI_APP)

    def keep_preference(self, response: Response, name: str, value: str, door: Door | None) -> None:
        self._set(response, name, value, YEAR_SECONDS, is_framed=door is Door.MINI_APP)

    def drop_session(self, response: Response, door: Door | None) -> None:
        self._set(response, self._session, "", 0, is_framed=door is Door.MINI_APP)

    def _set(
        self, response: Response, name: str, value: str, max_age_seconds: int, *, is_framed: bool
    ) -> None:
        parts = [f"{name}={value}", "Path=/", f"Max-Age={max_age_seconds}", "HttpOnly"]
        if self._is_https:
            parts.append("Secure")
        # Telegram's web shows Mini Apps in a frame, where only such cookies are kept; what they can be made
        # to do from elsewhere is kept out by the form's token and the origin.
        framed = self._is_https and is_framed
        parts += ["SameSite=None", "Partitioned"] if framed else ["SameSite=Lax"]
        # http.cookies learns "Partitioned" in Python 3.14 only.
        response.headers.append("Set-Cookie", "; ".join(parts))
