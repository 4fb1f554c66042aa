import io

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import (
    BufferedInputFile,
    Message,
)

from services.sandbox.telegram.settings import TelegramSandboxSettings
from tests.support.media import mp3, mp4, ogg, png, wav
from tests.support.telegram import ControlRefused, Json, SandboxTelegram

TOKEN = TelegramSandboxSettings().sandbox_bot_token


def upload(data: bytes, name: str = "picture.png") -> BufferedInputFile:
    return BufferedInputFile(data, name)


async def fetch(bot: Bot, file_id: str) -> bytes:
    """A file as the gateway gets it: getFile, then the file's own address."""
    target = await bot.download(file_id)
    assert isinstance(target, io.BytesIO)
    return target.getvalue()


async def incoming(bot: Bot) -> list[Message]:
    updates = await bot.get_updates(timeout=0)
    return [update.message for update in updates if update.message]


@pytest.mark.parametrize(
    ("kind", "data", "name"),
    [
        ("photo", png(1000, 600), "a.png"),
        ("voice", ogg(2), ""),
        ("video_note", mp4(240, 240), ""),
        ("video", mp4(320, 180, 2), "clip.mp4"),
        ("audio", mp3(2, title="Song", artist="Band"), "song.mp3"),
        ("document", b"%PDF-1.7 report", "report.pdf"),
        ("sticker", png(512, 512), "s.png"),
        ("animation", mp4(100, 100), "gif.mp4"),
    ],
)
async def test_the_bot_downloads_what_a_user_sent(
    bot: Bot, telegram: SandboxTelegram, user: int, kind: str, data: bytes, name: str
) -> None:
    sent = await telegram.send_media(user, kind, data, file_name=name)
    message = (await incoming(bot))[-1]
    assert message.message_id == sent["message"]["message_id"]
    content = getattr(message, kind)
    file = content[-1] if kind == "photo" else content
    assert file.file_size == len(data)
    assert await fetch(bot, file.file_id) == data
    assert (await bot.get_file(file.file_id)).file_unique_id == file.file_unique_id


async def test_files_are_described_by_what_is_in_them(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await telegram.send_photo(user, png(1000, 500), caption="look at #this")
    await telegram.send_voice(user, wav(2))
    await telegram.send_document(user, b"a,b\n1,2\n", "../таблица.csv")
    await telegram.send_media(user, "audio", mp3(1, title="Song", artist="Band"))
    photo, voice, document, audio = (await incoming(bot))[-4:]
    assert photo.photo
    assert voice.voice
    assert document.document
    assert audio.audio
    assert [(size.width, size.height) for size in photo.photo] == [
        (90, 45),
        (320, 160),
        (800, 400),
        (1000, 500),
    ]
    assert len({size.file_unique_id for size in photo.photo}) == 4
    assert photo.caption == "look at #this"
    assert photo.caption_entities
    assert photo.caption_entities[0].type == "hashtag"
    assert (voice.voice.mime_type, voice.voice.duration) == ("audio/ogg", 2)
    assert (await fetch(bot, voice.voice.file_id)).startswith(b"OggS")
    assert (document.document.file_name, document.document.mime_type) == ("таблица.csv", "text/csv")
    assert (audio.audio.title, audio.audio.performer, audio.audio.duration) == ("Song", "Band", 1)


async def test_an_album_comes_as_separate_updates_with_one_group(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    items = [("photo", png(100, 100)), ("video", mp4()), ("photo", png(50, 50))]
    await telegram.send_album(user, items, caption="our trip")
    messages = (await incoming(bot))[-3:]
    assert len({message.media_group_id for message in messages}) == 1
    assert [message.caption for message in messages] == ["our trip", None, None]
    with pytest.raises(ControlRefused, match="can't be mixed"):
        await telegram.send_album(user, [("photo", png(9, 9)), ("document", b"x")])


async def test_a_form_carries_files_as_the_page_sends_them(
    base_url: str, bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    form = aiohttp.FormData({"user_id": str(user), "caption": "two"})
    form.add_field("photo", png(20, 20), filename="1.png")
    form.add_field("photo", png(30, 30), filename="2.png")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{base_url}/control/albums", data=form) as response,
    ):
        assert response.status == 200
    first, second = (await incoming(bot))[-2:]
    assert (first.caption, second.caption) == ("two", None)
    assert first.media_group_id == second.media_group_id


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("photo", b"no picture at all", "IMAGE_PROCESS_FAILED"),
        ("photo", png(4000, 100), "PHOTO_INVALID_DIMENSIONS"),
        ("voice", png(), "sound"),
        ("video_note", mp4(320, 180), "cannot be sent as video_note"),
        ("document", b"", "non-empty"),
    ],
)
async def test_a_users_file_must_be_what_it_is_sent_as(
    telegram: SandboxTelegram, user: int, kind: str, data: bytes, reason: str
) -> None:
    with pytest.raises(ControlRefused, match=reason):
        await telegram.send_media(user, kind, data)


async def test_what_is_forwarded_says_where_it_comes_from(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    other = await telegram.add_user("Boris")
    origins: list[Json] = [
        {"type": "user", "user_id": other},
        {"type": "hidden_user", "sender_user_name": "Shy"},
        {"type": "channel", "chat": {"title": "News"}, "message_id": 7},
    ]
    for origin in origins:
        await telegram.send(user, "heard this", forward_from=origin)
    await telegram.send_photo(user, png(), caption="seen this", forward_from=origins[2])
    said = await bot.send_photo(user, upload(png()), caption="mine")
    await telegram.forward(user, said.message_id)
    messages = (await incoming(bot))[-5:]
    found = [message.forward_origin for message in messages]
    assert [origin.type for origin in found if origin] == [
        "user",
        "hidden_user",
        "channel",
        "channel",
        "user",
    ]
    assert messages[3].photo
    last = found[-1]
    assert last
    assert last.model_dump()["sender_user"]["id"] == bot.id


async def test_a_quote_of_a_caption_reaches_the_bot(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    said = await bot.send_photo(user, upload(png()), caption="one two three")
    await telegram.send(user, "why?", reply_to_message_id=said.message_id, quote="two")
    message = (await incoming(bot))[-1]
    assert message.quote
    assert (message.quote.text, message.quote.position) == ("two", 4)
    with pytest.raises(ControlRefused, match="QUOTE_TEXT_INVALID"):
        await telegram.send(user, "why?", reply_to_message_id=said.message_id, quote="four")


async def test_a_long_paste_becomes_several_messages(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    text = "я" * 4095 + "😀" + "b" * 5000
    sent = await telegram.send(user, text, entities=[{"type": "bold", "offset": 4090, "length": 20}])
    messages = (await incoming(bot))[-3:]
    assert "".join(message.text or "" for message in messages) == text
    assert [len((message.text or "").encode("utf-16-le")) // 2 for message in messages] == [4095, 4096, 906]
    bold = [(message.entities or [])[:1] for message in messages]
    assert [(part[0].offset, part[0].length) for part in bold if part] == [(4090, 5), (0, 15)]
    assert sent["message"]["message_id"] == messages[0].message_id


async def test_in_a_group_only_a_caption_that_calls_the_bot_is_heard(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    group = await telegram.add_chat([user])
    silent = await telegram.send_photo(user, png(), chat_id=group, caption="nice")
    calling = await telegram.send_photo(
        user, png(), chat_id=group, caption="@quartet_sandbox_bot what is it?"
    )
    assert silent["update_id"] is None
    assert calling["update_id"]


async def test_a_file_of_a_user_is_served_to_browsers_without_trust(
    base_url: str, telegram: SandboxTelegram, user: int
) -> None:
    page = (await telegram.send_document(user, b"<script>1</script>", "x.html"))["message"]["document"]
    sound = (await telegram.send_voice(user, ogg()))["message"]["voice"]
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base_url}/control/files/{page['file_id']}") as response:
            assert response.content_type == "application/octet-stream"
            assert response.headers["Content-Disposition"].startswith("attachment")
            assert "sandbox" in response.headers["Content-Security-Policy"]
        part = {"Range": "bytes=0-3"}
        async with session.get(f"{base_url}/control/files/{sound['file_id']}", headers=part) as response:
            assert (response.status, await response.read()) == (206, b"OggS")
        async with session.get(f"{base_url}/file/bot{TOKEN[:-1]}x/documents/file_1.txt") as response:
            assert response.status == 401
