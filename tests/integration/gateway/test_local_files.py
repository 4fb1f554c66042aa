import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from aiogram import Bot
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from services.chassis.errors import InvalidRequest, ResourceNotFound, StartupError
from services.gateway.delivery.files import Files
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.lease import Tenure
from services.gateway.local_files import LocalFiles
from services.gateway.metrics import GatewayMetrics
from services.gateway.settings import GatewaySettings
from services.gateway.telegram import telegram
from services.sandbox.telegram.app import build
from services.sandbox.telegram.settings import TelegramSandboxSettings
from tests.support.telegram import SandboxTelegram

CLOUD_BYTES: Final = 20 * 1024 * 1024
FILE: Final = b"%PDF-1.7" + bytes(CLOUD_BYTES)


def settings(url: str, **others: object) -> GatewaySettings:
    token = SecretStr(TelegramSandboxSettings().sandbox_bot_token)
    return GatewaySettings.model_validate(
        {"telegram_bot_token": token, "telegram_api_url": url, "environment": "test", **others}
    )


@pytest.fixture
async def local_url(tmp_path: Path) -> AsyncIterator[str]:
    """A Bot API server in local mode."""
    async with TestServer(
        build(TelegramSandboxSettings(sandbox_files_directory=tmp_path / "files"))
    ) as server:
        yield str(server.make_url("")).rstrip("/")


def files_of(bot: Bot) -> Files:
    metrics = GatewayMetrics(CollectorRegistry())
    return Files(bot, Scheduler(bot, Tenure(1, float("inf")), metrics, messages_per_second=29))


async def _sent(url: str) -> tuple[int, str]:
    async with SandboxTelegram(url) as users:
        user = await users.add_user("Kim", "en")
        sent = await users.send_document(user, FILE, "long.pdf")
        return user, sent["message"]["document"]["file_id"]


async def test_a_file_above_the_clouds_limit_is_read_where_a_server_of_ones_own_keeps_it(
    local_url: str, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    user, file_id = await _sent(local_url)
    async with telegram(settings(local_url, telegram_files_directory=tmp_path / "files")) as bot:
        assert await files_of(bot).fetch(file_id, chat_id=user, max_bytes=2 * CLOUD_BYTES) == FILE
        with pytest.raises(InvalidRequest):
            await files_of(bot).fetch(file_id, chat_id=user, max_bytes=CLOUD_BYTES)


async def test_a_path_that_leads_out_of_the_servers_files_is_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "files"
    kept.mkdir()
    (tmp_path / "secret").write_text("not a file of Telegram's")
    os.symlink(tmp_path / "secret", kept / "link")
    files = LocalFiles(kept)
    for path in (tmp_path / "secret", kept / ".." / "secret", kept / "link", "/etc/passwd"):
        with pytest.raises(ResourceNotFound):
            files.to_local(path)


async def test_files_that_are_not_mounted_end_the_start_with_the_variable(tmp_path: Path) -> None:
    nowhere = settings("http://127.0.0.1:1", telegram_files_directory=tmp_path / "nowhere")
    with pytest.raises(StartupError, match="TELEGRAM_FILES_DIRECTORY"):
        async with telegram(nowhere):
            pass
