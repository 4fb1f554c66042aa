import argparse

import uvloop

from services.sandbox.google.app import build as build_google
from services.sandbox.google.settings import GoogleSettings
from services.sandbox.openai.app import build as build_openai
from services.sandbox.openai.settings import OpenAISettings
from services.sandbox.runway.app import build as build_runway
from services.sandbox.runway.settings import RunwaySettings
from services.sandbox.serving import serve
from services.sandbox.telegram.app import build as build_telegram
from services.sandbox.telegram.settings import TelegramSandboxSettings

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m services.sandbox")
    parser.add_argument("which", choices=("telegram", "openai", "google", "runway"))
    which = parser.parse_args().which
    if which == "telegram":
        telegram = TelegramSandboxSettings()
        uvloop.run(serve(build_telegram(telegram), telegram.sandbox_host, telegram.sandbox_port))
    elif which == "openai":
        openai = OpenAISettings.model_validate({})
        uvloop.run(serve(build_openai(openai), openai.host, openai.port))
    elif which == "runway":
        runway = RunwaySettings.model_validate({})
        uvloop.run(serve(build_runway(runway), runway.host, runway.port))
    else:
        google = GoogleSettings.model_validate({})
        uvloop.run(serve(build_google(google), google.host, google.port))
