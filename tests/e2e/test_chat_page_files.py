import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.chat_page import Telegram, from_bot, visit, write
from tests.support.media import mp4, ogg, png, wav

pytest_plugins = ["tests.support.browser", "tests.e2e.chat_page_sandbox"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


def picked(name: str, mime_type: str, data: bytes) -> Any:
    """A file as Playwright hands it to a file chooser."""
    return {"name": name, "mimeType": mime_type, "buffer": data}


async def attach(page: Page, choice: str, *files: Any, caption: str = "") -> None:
    await page.get_by_test_id("attach").click()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("menuitem", name=choice, exact=True).click()
    await (await chooser.value).set_files(list(files))
    if caption:
        await page.get_by_test_id("caption-input").fill(caption)
    await page.get_by_test_id("outgoing").get_by_role("button", name="Отправить").click()


async def test_an_attached_photo_reaches_the_bot_and_is_seen(browser: Browser, telegram: Telegram) -> None:
    await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await attach(
            page, "Фото или видео", picked("sea.png", "image/png", png(600, 400)), caption="Что это?"
        )
        own = page.get_by_test_id("message").last
        await expect(own.get_by_test_id("text")).to_have_text("Что это?")
        image = own.get_by_test_id("photo").locator("img")
        await expect(image).to_have_js_property("naturalWidth", 600)
        await own.get_by_test_id("photo").click()
        await expect(page.get_by_test_id("viewer")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("viewer")).to_have_count(0)
    await telegram.next_update("message")
    message = await telegram.next_update("message")
    assert message["photo"][-1]["width"] == 600
    assert message["caption"] == "Что это?"


async def test_a_picture_keeps_its_shape_under_a_long_quotation(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    quoted_id = await telegram.say(user_id, "длинные слова, " * 20)
    reply = json.dumps({"message_id": quoted_id})
    square = png(800, 800)
    await telegram.upload("sendPhoto", chat_id=user_id, photo=square, caption="Кот", reply_parameters=reply)
    async with visit(browser, telegram.base) as page:
        box = await from_bot(page).get_by_test_id("photo").bounding_box()
        assert box is not None
        assert abs(box["width"] - box["height"]) < 2


async def test_several_photos_go_as_one_album(browser: Browser, telegram: Telegram) -> None:
    await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        files = [picked(f"{n}.png", "image/png", png(100 + n, 100)) for n in range(3)]
        await attach(page, "Фото или видео", *files, caption="Поездка")
        album = page.get_by_test_id("album")
        await expect(album.get_by_test_id("photo")).to_have_count(3)
        await expect(page.get_by_test_id("message")).to_have_count(2)
    await telegram.next_update("message")
    parts = [await telegram.next_update("message") for _ in range(3)]
    assert len({part["media_group_id"] for part in parts}) == 1
    assert [part.get("caption") for part in parts] == ["Поездка", None, None]


async def test_a_sound_is_sent_as_a_voice_and_a_file_as_it_is(browser: Browser, telegram: Telegram) -> None:
    await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await attach(page, "Голосовое из файла", picked("note.wav", "audio/wav", wav(2)))
        await expect(page.get_by_test_id("voice")).to_contain_text("0:02")
        await attach(page, "Файл", picked("отчёт.txt", "text/plain", "итоги".encode()))
        document = page.get_by_test_id("document")
        await expect(document).to_contain_text("отчёт.txt")
        async with page.expect_download() as download:
            await document.click()
        assert (await (await download.value).path()).read_text() == "итоги"
    await telegram.next_update("message")
    assert (await telegram.next_update("message"))["voice"]["mime_type"] == "audio/ogg"
    assert (await telegram.next_update("message"))["document"]["file_name"] == "отчёт.txt"


async def test_a_voice_is_recorded_in_the_browser(browser: Browser, telegram: Telegram) -> None:
    await telegram.add_started_user("Анна")
    async with visit(browser, telegram.base) as page:
        await page.get_by_test_id("record").click()
        await expect(page.get_by_test_id("recording")).to_contain_text("0:01")
        await page.get_by_test_id("record-send").click()
        await expect(page.get_by_test_id("voice")).to_be_visible()
        await expect(page.get_by_test_id("composer")).to_be_visible()
    await telegram.next_update("message")
    voice = (await telegram.next_update("message"))["voice"]
    assert voice["duration"] >= 1
    assert voice["mime_type"] == "audio/ogg"


async def test_files_of_the_bot_are_shown_and_play(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    await telegram.upload("sendVoice", voice=ogg(3), chat_id=user_id, caption="Слушайте")
    await telegram.upload("sendVideo", video=mp4(320, 180, 2), chat_id=user_id)
    await telegram.upload("sendPhoto", photo=png(50, 50), chat_id=user_id, has_spoiler="true")
    async with visit(browser, telegram.base) as page:
        voice = page.get_by_test_id("voice")
        await expect(from_bot(page).first.get_by_test_id("text")).to_have_text("Слушайте")
        await voice.get_by_role("button", name="Слушать").click()
        await expect(voice.get_by_role("button", name="Пауза")).to_be_visible()
        await page.get_by_role("button", name="Смотреть").click()
        film = page.get_by_test_id("video").locator("video")
        await expect(film).to_have_js_property("videoWidth", 320)
        photo = page.get_by_test_id("photo")
        await expect(photo).to_have_class("picture veiled")
        await photo.click()
        await expect(photo).to_have_class("picture")
        await expect(page.get_by_test_id("viewer")).to_have_count(0)


async def test_a_picture_gives_way_to_its_better_version(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    sent = await telegram.upload("sendPhoto", photo=png(100, 100), chat_id=user_id, caption="Рисую…")
    async with visit(browser, telegram.base) as page:
        image = page.get_by_test_id("photo").locator("img")
        await expect(image).to_have_js_property("naturalWidth", 100)
        await telegram.upload(
            "editMessageMedia",
            better=png(400, 400),
            chat_id=user_id,
            message_id=str(sent["message_id"]),
            media='{"type": "photo", "media": "attach://better", "caption": "Готово"}',
        )
        await expect(image).to_have_js_property("naturalWidth", 400)
        await expect(from_bot(page).get_by_test_id("text")).to_have_text("Готово")


async def test_a_message_is_forwarded_and_a_part_of_it_quoted(browser: Browser, telegram: Telegram) -> None:
    user_id = await telegram.add_started_user("Анна")
    await telegram.say(user_id, "Столица — Канберра")
    async with visit(browser, telegram.base) as page:
        answer = from_bot(page).first
        await answer.get_by_test_id("text").dblclick(position={"x": 12, "y": 10})
        await answer.get_by_test_id("text").click(button="right", position={"x": 12, "y": 10})
        await page.get_by_role("menuitem", name="Цитировать").click()
        await expect(page.get_by_test_id("subject")).to_contain_text("Столица")
        await write(page, "Какой страны?")
        await expect(page.get_by_test_id("message").last).to_contain_text("Какой страны?")
        await answer.get_by_test_id("text").click(button="right")
        await page.get_by_role("menuitem", name="Переслать").click()
        await page.get_by_test_id("forward-form").get_by_role("button", name="Переслать").click()
        await expect(page.get_by_test_id("message").last).to_contain_text("Переслано от Quartet")
    await telegram.next_update("message")
    assert (await telegram.next_update("message"))["quote"]["text"] == "Столица"
    assert (await telegram.next_update("message"))["forward_origin"]["type"] == "user"
