from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
TELEGRAM_WEB: Final = "https://web.telegram.org"
FRAMED: Final = "quartet.framed"
"""The key of a request's scope under which a page says that Telegram's web may frame it."""


class SafeHeaders:
    """Says with every answer what browsers may do with it: no foreign code, no frames, no copies."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), is_framed=bool(scope.get(FRAMED)))
            await send(message)

        await self._app(scope, receive, sending)

    def _add(self, headers: MutableHeaders, *, is_framed: bool) -> None:
        headers["Content-Security-Policy"] = POLICY.format(ancestors=TELEGRAM_WEB if is_framed else "'none'")
        if not is_framed:
            headers["X-Frame-Options"] = "DENY"
        headers["X-Content-Type-Options"] = "nosniff"
        # Not no-referrer: with it browsers send forms with the origin "null".
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        headers.setdefault("Cache-Control", "no-store")
        if self._is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
