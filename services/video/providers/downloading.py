import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urljoin, urlsplit

from services.chassis.errors import InternalError, ProviderUnavailable, ResourceNotFound

TOTAL_SECONDS: Final = 600.0
MAX_REDIRECTS: Final = 5
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
GONE: Final = frozenset({403, 404, 410})


class Answer(Protocol):
    """What a server says to a GET, as the vendors' HTTP libraries have it."""

    status_code: int

    @property
    def headers(self) -> Mapping[str, str]: ...

    def aiter_bytes(self) -> AsyncIterator[bytes]: ...


Get = Callable[[str], AbstractAsyncContextManager[Answer]]
"""Asks an address once, and follows nothing."""


def is_allowed(address: str, *, own_server: str | None, hosts: Collection[str]) -> bool:
    """Whether a vendor may name this address: on the server that is asked anyway, or of its known hosts.

    An address comes from outside. Opened without a look, it might lead to a neighbour of ours.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if own_server is not None:
        own = urlsplit(own_server)
        if (parts.scheme, parts.hostname, port) == (own.scheme, own.hostname, own.port):
            return True
    host = (parts.hostname or "").lower()
    is_known = any(host == known or host.endswith(f".{known}") for known in hosts)
    return parts.scheme == "https" and port in (None, 443) and is_known


async def fetch(
    address: str, into: Path, get: Get, *, may_ask: Callable[[str], bool], provider: str, max_bytes: int
) -> None:
    """Write what stands at an address to a file, wherever it moved to, as long as each place may be asked.

    Raises InternalError for one that may not, or for too much; ResourceNotFound where the file is gone;
    ProviderUnavailable for any other answer; TimeoutError, and whatever `get` raises.
    """
    for _ in range(1 + MAX_REDIRECTS):
        if not may_ask(address):
            raise InternalError(f"{provider} named a file at a host that is not known as its own")
        async with get(address) as answer:
            if answer.status_code == 200:
                await _save(answer.aiter_bytes(), into, max_bytes=max_bytes)
                return
            if answer.status_code in GONE:
                raise ResourceNotFound("the file is gone", metadata={"resource": "file"})
            if answer.status_code not in REDIRECTS:
                raise _unavailable(provider, f"the file's server answered {answer.status_code}")
            address = urljoin(address, answer.headers.get("location", ""))
    raise _unavailable(provider, "the file moves on and on")


async def _save(pieces: AsyncIterable[bytes], into: Path, *, max_bytes: int) -> None:
    size_bytes = 0
    async with asyncio.timeout(TOTAL_SECONDS):
        with await asyncio.to_thread(into.open, "wb") as file:
            async for piece in pieces:
                size_bytes += len(piece)
                if size_bytes > max_bytes:
                    raise InternalError(f"the video is larger than {max_bytes} bytes")
                await asyncio.to_thread(file.write, piece)


def _unavailable(provider: str, what: str) -> ProviderUnavailable:
    return ProviderUnavailable(what, metadata={"provider": provider})
