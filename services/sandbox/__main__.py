import argparse
import asyncio
import signal

import uvloop
from aiohttp import web

from services.sandbox.openai.app import build as build_openai
from services.sandbox.openai.settings import OpenAISettings
from services.sandbox.telegram.app import build as build_telegram
from services.sandbox.telegram.settings import TelegramSandboxSettings


async def _serve(app: web.Application, host: str, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await stop.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m services.sandbox")
    parser.add_argument("which", choices=("telegram", "openai"))
    if parser.parse_args().which == "telegram":
        telegram = TelegramSandboxSettings()
        uvloop.run(_serve(build_telegram(telegram), telegram.sandbox_host, telegram.sandbox_port))
    else:
        openai = OpenAISettings.model_validate({})
        uvloop.run(_serve(build_openai(openai), openai.host, openai.port))
