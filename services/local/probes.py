import asyncio
import json
from dataclasses import dataclass
from typing import Final, Protocol

import aiohttp

PROBE_SECONDS: Final = 3.0


class Probe(Protocol):
    async def __call__(self) -> str | None:
        """Return None when the part is ready, else what is missing, in words."""


@dataclass(frozen=True)
class HttpProbe:
    """Ready when a GET is answered with 200; the body of another answer says why not."""

    url: str

    async def __call__(self) -> str | None:
        timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self.url) as response:
                if response.status == 200:
                    return None
                return f"{self.url} answers {response.status}: {(await response.text())[:300]}"
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"{self.url} does not answer: {error or type(error).__name__}"


@dataclass(frozen=True)
class NatsProbe:
    """Ready when the server greets with JetStream on.

    https://docs.nats.io/reference/reference-protocols/nats-protocol#info
    """

    host: str
    port: int

    async def __call__(self) -> str | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                greeting = await reader.readline()
                writer.close()
        except (OSError, TimeoutError) as error:
            return f"{self.host}:{self.port} does not answer: {error or type(error).__name__}"
        verb, _, info = greeting.partition(b" ")
        if verb != b"INFO" or not json.loads(info).get("jetstream"):
            return f"{self.host}:{self.port} is not a NATS server with JetStream"
        return None
