import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from aiohttp import web

from services.chassis.errors import InternalError, QuartetError, ResourceNotFound
from services.gateway.dialogue import Speaker
from services.gateway.links.link import Form, Link
from services.gateway.links.places import NoPlace, Places
from services.gateway.links.ranges import OutOfRange, Part, wanted_part
from services.gateway.links.seal import BadToken, ExpiredToken, Seal

log = structlog.get_logger()

# Whoever takes nothing for so long has gone.
STALL_SECONDS: Final = 30.0
SUFFIXES: Final = {"video/mp4": "mp4", "video/webm": "webm"}
CLOSED: Final = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of a file before its content comes."""

    mime_type: str
    size_bytes: int


class Videos(Protocol):
    """Where videos are kept."""

    def stream(self, job_id: str, speaker: Speaker, form: Form) -> AsyncGenerator[Sent | bytes, None]:
        """Yield what the file is, then its content. Raises ResourceNotFound if it is gone, QuartetError."""
        ...


class Downloads:
    """Answers whoever follows a link: 404 for one that is none, 410 for one whose time or video is over."""

    def __init__(self, seal: Seal, videos: Videos, places: Places, *, stall_seconds: float) -> None:
        self._seal = seal
        self._videos = videos
        self._places = places
        self._stall_seconds = stall_seconds

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send the video, or a part of it."""
        try:
            link = self._seal.open(request.match_info["token"], time.time())
            with self._places.taken(link.user_id):
                return await self._sent(request, link)
        except BadToken:
            return _refusal(404)
        except (ExpiredToken, ResourceNotFound):
            return _refusal(410)
        except NoPlace:
            return _refusal(503)
        except QuartetError as error:
            log.warning("link_not_served", reason=error.reason)
            return _refusal(503 if error.retryable else 502)

    async def _sent(self, request: web.Request, link: Link) -> web.StreamResponse:
        async with aclosing(self._videos.stream(link.job_id, link.speaker, link.form)) as pieces:
            sent = await anext(pieces, None)
            if not isinstance(sent, Sent):
                raise InternalError("the video service has not described the file")
            etag = f'"{link.job_id}.{link.form}"'
            try:
                part = wanted_part(request, sent.size_bytes, etag)
            except OutOfRange:
                return _refusal(416, {"Content-Range": f"bytes */{sent.size_bytes}"})
            response = _opening(link, sent, part, etag)
            if request.method == "HEAD":
                await response.prepare(request)
                return response
            # A file that is gone is known from its content only, and can be told until the answer has begun.
            first = await anext(pieces, b"")
            await response.prepare(request)
            await self._write(request, response, _cut(first, pieces, part), part, link)
            return response

    async def _write(
        self,
        request: web.Request,
        response: web.StreamResponse,
        pieces: AsyncGenerator[bytes, None],
        part: Part,
        link: Link,
    ) -> None:
        missing_bytes = part.length
        try:
            async for piece in pieces:
                async with asyncio.timeout(self._stall_seconds):
                    await response.write(piece)
                missing_bytes -= len(piece)
            if missing_bytes:
                raise InternalError("the video service has sent too little")
            await response.write_eof()
        except (QuartetError, TimeoutError, ConnectionError) as error:
            # Its length was told: only a connection that breaks says that the rest is missing.
            log.warning("link_broke_off", job_id=link.job_id, error=type(error).__name__)
            if request.transport is not None:
                request.transport.abort()


async def _cut(
    first: Sent | bytes, pieces: AsyncGenerator[Sent | bytes, None], part: Part
) -> AsyncGenerator[bytes, None]:
    """Yield of the content only the part."""
    at, piece = 0, first
    while isinstance(piece, bytes) and piece:
        wanted = piece[max(0, part.begin - at) : max(0, part.end - at)]
        at += len(piece)
        if wanted:
            yield wanted
        if at >= part.end:
            return
        piece = await anext(pieces, b"")


def _opening(link: Link, sent: Sent, part: Part, etag: str) -> web.StreamResponse:
    suffix = SUFFIXES.get(sent.mime_type)
    headers = {
        **CLOSED,
        "Content-Type": sent.mime_type if suffix else "application/octet-stream",
        "Content-Disposition": f'attachment; filename="video-{link.job_id}.{suffix or "bin"}"',
        "Content-Length": str(part.length),
        "Accept-Ranges": "bytes",
        "ETag": etag,
    }
    if not part.is_whole:
        headers["Content-Range"] = part.content_range
    return web.StreamResponse(status=200 if part.is_whole else 206, headers=headers)


def _refusal(status: int, headers: dict[str, str] | None = None) -> web.Response:
    retry = {"Retry-After": "5"} if status == 503 else {}
    return web.Response(status=status, headers={**CLOSED, **retry, **(headers or {})})
