import asyncio
import signal
from typing import Final

from aiohttp import web

# A thousand callers in one instant are not turned away: a vendor's or Telegram's servers would not either.
BACKLOG: Final = 4096


async def serve(app: web.Application, host: str, port: int) -> None:
    """Serve a stand-in until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
        await stop.wait()
    finally:
        await runner.cleanup()
