import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class SocksProxy:
    """A SOCKS5 proxy without authentication that leads every connection to one place. RFC 1928."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.asked_for: list[str] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _version, method_count = await reader.readexactly(2)
        await reader.readexactly(method_count)
        writer.write(b"\x05\x00")
        _version, _command, _reserved, kind = await reader.readexactly(4)
        length = (await reader.readexactly(1))[0] if kind == 3 else 4
        address = await reader.readexactly(length)
        await reader.readexactly(2)
        self.asked_for.append(address.decode() if kind == 3 else ".".join(map(str, address)))
        to_reader, to_writer = await asyncio.open_connection(*self._target)
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await asyncio.gather(_relay(reader, to_writer), _relay(to_reader, writer))


@asynccontextmanager
async def socks_proxy(host: str, port: int) -> AsyncIterator[SocksProxy]:
    """Run the proxy on a free port for the block."""
    proxy = SocksProxy(host, port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"socks5://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
