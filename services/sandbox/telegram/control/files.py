from typing import Final
from urllib.parse import quote

from aiohttp import web

from services.sandbox.telegram.control.request import SANDBOX
from services.sandbox.telegram.media.files import StoredFile

# What a browser may show in place. Anything else, HTML above all, is only to be kept as a file.
_SHOWN: Final = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "video/mp4", "video/webm"}
    | {"audio/ogg", "audio/mpeg", "audio/mp4", "audio/webm", "audio/x-wav", "audio/flac", "audio/aac"}
)


async def show_file(request: web.Request) -> web.Response:
    """The bytes behind a file_id, for the chat page and for tests; parts of them by Range."""
    file = request.app[SANDBOX].files.find(request.match_info["file_id"])
    headers = {
        "Content-Type": file.mime_type if file.mime_type in _SHOWN else "application/octet-stream",
        "Content-Disposition": _disposition(file, is_shown=file.mime_type in _SHOWN),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=86400, immutable",
        "Accept-Ranges": "bytes",
    }
    if "Range" not in request.headers:
        return web.Response(body=file.data, headers=headers)
    size = len(file.data)
    try:
        start, end, _ = request.http_range.indices(size)
    except ValueError as error:
        raise web.HTTPRequestRangeNotSatisfiable from error
    if start >= end:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return web.Response(status=206, body=file.data[start:end], headers=headers)


def _disposition(file: StoredFile, *, is_shown: bool) -> str:
    name = quote(file.name or file.path.rpartition("/")[2], safe="")
    return f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{name}"


ROUTES: Final = (web.get("/control/files/{file_id}", show_file),)
