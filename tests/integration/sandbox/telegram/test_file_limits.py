import io

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
)

from services.sandbox.telegram.settings import TelegramSandboxSettings
from tests.support.media import png
from tests.support.telegram import SandboxTelegram

TOKEN = TelegramSandboxSettings().sandbox_bot_token


def upload(data: bytes, name: str = "picture.png") -> BufferedInputFile:
    return BufferedInputFile(data, name)


async def fetch(bot: Bot, file_id: str) -> bytes:
    """A file as the gateway gets it: getFile, then the file's own address."""
    target = await bot.download(file_id)
    assert isinstance(target, io.BytesIO)
    return target.getvalue()


async def test_limits_of_size_and_words_are_telegrams(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    huge = png(10, 10) + bytes(10 * 1024 * 1024)
    size = f"file of size {len(huge)} bytes is too big for a photo; the maximum size is 10485760 bytes"
    with pytest.raises(TelegramBadRequest, match=size):
        await bot.send_photo(user, upload(huge))
    with pytest.raises(TelegramBadRequest, match="PHOTO_INVALID_DIMENSIONS"):
        await bot.send_photo(user, upload(png(9000, 1001)))
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(user, upload(png()), caption="😀" * 513)
    assert (await bot.send_photo(user, upload(png()), caption="😀" * 512)).caption
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await bot.send_document(user, upload(b"", "empty.txt"))
    sent = await telegram.send_document(user, bytes(21 * 1024 * 1024), "big.bin")
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(sent["message"]["document"]["file_id"])


async def test_an_upload_over_fifty_megabytes_is_refused(base_url: str, user: int) -> None:
    form = aiohttp.FormData({"chat_id": str(user)})
    form.add_field("document", io.BytesIO(bytes(50 * 1024 * 1024 + 1)), filename="huge.bin")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{base_url}/bot{TOKEN}/sendDocument", data=form) as response,
    ):
        answer = await response.json()
    assert (answer["error_code"], answer["description"]) == (413, "Request Entity Too Large")


async def test_a_wrong_file_is_refused_in_telegrams_words(bot: Bot, user: int) -> None:
    document = await bot.send_document(user, upload(b"x", "x.txt"))
    assert document.document
    with pytest.raises(TelegramBadRequest, match="can't use file of type Document as Photo"):
        await bot.send_photo(user, document.document.file_id)
    with pytest.raises(TelegramBadRequest, match="wrong remote file identifier specified: Wrong character"):
        await bot.send_photo(user, "no file!")
    with pytest.raises(TelegramBadRequest, match="there is no photo in the request"):
        await bot.send_photo(user, "")
    with pytest.raises(TelegramBadRequest, match="failed to get HTTP URL content"):
        await bot.send_photo(user, "https://example.com/a.png")
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("AgACAgIAAxkBAAI")
    with pytest.raises(TelegramBadRequest, match="file_id not specified"):
        await bot.get_file("")


@pytest.mark.parametrize("base_url", [{"sandbox_file_bytes": 2500}], indirect=True)
async def test_the_oldest_file_is_forgotten_when_there_are_too_many(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    ids = []
    for letter in (b"a", b"b", b"c"):
        sent = await telegram.send_document(user, letter * 1000, "x.txt")
        ids.append(sent["message"]["document"]["file_id"])
    with pytest.raises(TelegramBadRequest, match="wrong file_id or the file is temporarily unavailable"):
        await bot.get_file(ids[0])
    assert await fetch(bot, ids[2]) == b"c" * 1000


async def test_the_journal_keeps_names_of_files_and_not_their_bytes(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    await bot.send_document(user, upload(b"secret", "notes.txt"))
    call = (await telegram.calls(method="sendDocument"))[0]
    assert {"file_name": "notes.txt", "file_size": 6} in call["params"].values()


async def test_sends_of_files_are_counted_with_the_messages(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    await telegram.limits(enabled=True, families={"messages": {"burst": 1, "per_chat_per_second": 0.05}})
    await bot.send_photo(user, upload(png()))
    with pytest.raises(Exception, match="Flood control"):
        await bot.send_document(user, upload(b"x", "x.txt"))
