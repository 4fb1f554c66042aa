from dataclasses import dataclass

from aiohttp import web


class OutOfRange(Exception):
    """The part that is asked for does not exist."""


@dataclass(frozen=True, slots=True)
class Part:
    """Of a file that is `size_bytes` long: from `begin` up to, not including, `end`."""

    begin: int
    end: int
    size_bytes: int

    @property
    def length(self) -> int:
        return self.end - self.begin

    @property
    def is_whole(self) -> bool:
        return self.length == self.size_bytes

    @property
    def content_range(self) -> str:
        return f"bytes {self.begin}-{self.end - 1}/{self.size_bytes}"


def wanted_part(request: web.Request, size_bytes: int, etag: str) -> Part:
    """Read which part is asked for: RFC 9110, 14. The whole where it is several, or not understood.

    Raises OutOfRange.
    """
    whole = Part(0, size_bytes, size_bytes)
    if request.headers.get("If-Range", etag) != etag:
        return whole
    try:
        asked = request.http_range
    except ValueError:
        return whole
    if asked.start is None and asked.stop is None:
        return whole
    places = range(size_bytes)[asked]
    if not places:
        raise OutOfRange
    return Part(places.start, places.stop, size_bytes)
