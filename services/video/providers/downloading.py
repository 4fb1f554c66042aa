import asyncio
from collections.abc import AsyncIterable, Collection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from services.chassis.errors import InternalError

TOTAL_SECONDS: Final = 600.0


def is_allowed(address: str, *, own_server: str | None, hosts: Collection[str]) -> bool:
    """Whether a vendor may name this address: on the server that is asked anyway, or of its known hosts.

    An address comes from outside. Opened without a look, it might lead to a neighbour of ours.
    """
    parts = urlsplit(address)
    if own_server is not None:
        own = urlsplit(own_server)
        if (parts.scheme, parts.hostname, parts.port) == (own.scheme, own.hostname, own.port):
            return True
    host = (parts.hostname or "").lower()
    is_known = any(host == known or host.endswith(f".{known}") for known in hosts)
    return parts.scheme == "https" and parts.port in (None, 443) and is_known


async def save(pieces: AsyncIterable[bytes], into: Path, *, max_bytes: int) -> None:
    """Write what comes to a file. Raises InternalError where it is too much, TimeoutError."""
    size_bytes = 0
    async with asyncio.timeout(TOTAL_SECONDS):
        with await asyncio.to_thread(into.open, "wb") as file:
            async for piece in pieces:
                size_bytes += len(piece)
                if size_bytes > max_bytes:
                    raise InternalError(f"the video is larger than {max_bytes} bytes")
                await asyncio.to_thread(file.write, piece)
