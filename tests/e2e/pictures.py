import io
from dataclasses import dataclass, replace
from typing import Any, Final

from PIL import Image

from services.sandbox.telegram.settings import TelegramSandboxSettings
from services.sandbox.vendor.journal import Call, Drawn
from tests.e2e.chatter import PATIENCE_SECONDS, Chatter
from tests.support.google import GoogleStandIn
from tests.support.openai import OpenAIStandIn
from tests.support.stand_ins import VendorStandIn
from tests.support.telegram import Json

DRAWING: Final = "🎨 Рисую"
BOT: Final = f"@{TelegramSandboxSettings().sandbox_bot_username}"


@dataclass(frozen=True)
class Patron(Chatter):
    """Somebody who has pictures drawn in a chat with the bot, and what steers the world around them."""

    openai: OpenAIStandIn
    google: GoogleStandIn

    async def in_group(self, name: str = "Борис") -> "tuple[Patron, Patron]":
        """The same person in a new group with the bot, and somebody else who is there, too."""
        other_id = await self.telegram.add_user(name, "ru")
        chat_id = await self.telegram.add_chat([self.user_id, other_id])
        own = replace(self, chat_id=chat_id)
        await own.seen(0)
        return own, replace(own, user_id=other_id)

    async def show(self, content: bytes, caption: str, *, file_name: str = "") -> Json:
        """Sends a photo with a caption, or a file where it has a name; returns the message."""
        kind = "document" if file_name else "photo"
        sent = await self.telegram.send_media(
            self.user_id, kind, content, file_name=file_name, chat_id=self.chat_id, caption=caption
        )
        return dict(sent["message"])

    async def draws(self, text: str, **fields: Any) -> Json:
        """Orders a picture in words; returns its message once it is finished."""
        mark = self.telegram.mark()
        await self.say(text, **fields)
        return await self.finished(mark)

    async def finished(self, mark: int, *, besides: Json | None = None) -> Json:
        """The first picture since the mark that develops no more; `besides` is a message that was there."""
        former_id = besides["message_id"] if besides else 0

        def is_finished(event: Json) -> bool:
            message = event.get("message") or {}
            is_new = message.get("message_id") != former_id
            return is_new and "photo" in message and "pic:vary" in str(message.get("reply_markup"))

        event = await self.telegram.wait_for(
            chat_id=self.chat_id, where=is_finished, after=mark, timeout_seconds=PATIENCE_SECONDS
        )
        return dict(event["message"])

    async def chosen(self, message: Json, *labels: str) -> Json:
        """Presses one button after the other; returns the picture that is drawn at last."""
        for label in labels[:-1]:
            mark = self.telegram.mark()
            await self.press(message, label)
            message = await self.seen(mark, reply_markup="Назад")
        mark = self.telegram.mark()
        await self.press(message, labels[-1])
        return await self.finished(mark, besides=message)

    async def walked(self, message: Json, label: str) -> Json:
        """Presses a button that shows another version in the same message; returns what it shows."""
        mark = self.telegram.mark()
        await self.press(message, label)
        shown = await self.seen(mark, only="photo")
        assert shown["message_id"] == message["message_id"]
        return shown

    async def content(self, message: Json) -> bytes:
        """The bytes of a message's picture or file, as the person's client gets them."""
        file = message["document"] if "document" in message else message["photo"][-1]
        return await self.telegram.download(file["file_id"])

    async def orders(self, vendor: VendorStandIn | None = None) -> list[Drawn]:
        """What a vendor, OpenAI if none is named, was asked to draw."""
        return [call.drawn for call in await self.picture_calls(vendor) if call.drawn]

    async def picture_calls(self, vendor: VendorStandIn | None = None) -> list[Call]:
        return [call for call in await (vendor or self.openai).calls() if call.drawn]


def opened(content: bytes) -> Image.Image:
    """A picture, decoded."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height of a picture in pixels."""
    return opened(content).size


def photo_with_place(width: int = 800, height: int = 600) -> bytes:
    """A JPEG that says who took it, and where."""
    exif = Image.Exif()
    exif[0x010F] = "A camera of Ann's"
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 45.0, 21.0), 3: "E", 4: (37.0, 37.0, 2.0)})
    target = io.BytesIO()
    Image.new("RGB", (width, height), (90, 140, 60)).save(target, "JPEG", exif=exif)
    return target.getvalue()


def moving(kind: str) -> bytes:
    """Two frames of a moving picture: GIF, or WEBP."""
    frames = [Image.new("RGB", (64, 64), (shade, 40, 40)) for shade in (40, 200)]
    target = io.BytesIO()
    frames[0].save(target, kind, save_all=True, append_images=frames[1:], duration=100)
    return target.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """A picture of one bit each pixel, so that many of them are few bytes."""
    target = io.BytesIO()
    Image.new("1", (width, height)).save(target, "PNG")
    return target.getvalue()
