import io
from dataclasses import dataclass, replace
from typing import Any, Final

from PIL import Image

from tests.e2e.pictures import data_of, labels_of
from tests.e2e.speakers import SpeakerStack
from tests.support.openai import OpenAIStandIn
from tests.support.telegram import Json, SandboxTelegram

PATIENCE_SECONDS: Final = 30.0
MARKED: Final = "стр."
"""On the buttons of cited pages."""


@dataclass(frozen=True)
class DocumentReader:
    """Somebody who sends documents to the bot and asks about them, and what steers the world around."""

    stack: SpeakerStack
    telegram: SandboxTelegram
    openai: OpenAIStandIn
    user_id: int

    async def another(self, name: str = "Борис") -> "DocumentReader":
        """Somebody else, in a private chat of their own."""
        return replace(self, user_id=await self.telegram.add_user(name, "ru"))

    async def bring(self, content: bytes, name: str, caption: str = "", **fields: Any) -> Json:
        """Sends a file; returns the message."""
        sent = await self.telegram.send_document(self.user_id, content, name, caption=caption, **fields)
        return dict(sent["message"])

    async def say(self, text: str, **fields: Any) -> Json:
        return dict((await self.telegram.send(self.user_id, text, **fields))["message"])

    async def reads(self, content: bytes, name: str, caption: str = "") -> tuple[Json, Json]:
        """Sends a file; returns the card that says what it is, and the answer from it."""
        mark = self.telegram.mark()
        await self.bring(content, name, caption)
        answer = await self.answered(mark)
        return await self.seen(mark, text=" · "), answer

    async def asks(self, question: str, **fields: Any) -> Json:
        """Asks something; returns the whole answer from documents."""
        mark = self.telegram.mark()
        await self.say(question, **fields)
        return await self.answered(mark)

    async def answered(self, mark: int) -> Json:
        """The first answer with buttons of pages since the mark."""
        return await self.seen(mark, reply_markup=MARKED)

    async def seen(self, mark: int, *, only: str = "", **wanted: str) -> Json:
        """The first message of the bot since the mark, new or by an edit, whose fields hold what is wanted.

        `only` is a kind of media that it must have.
        """

        def fits(event: Json) -> bool:
            message = event.get("message")
            if not message or not message["from"]["is_bot"] or (only and only not in message):
                return False
            return all(value in str(message.get(name, "")) for name, value in wanted.items())

        event = await self.telegram.wait_for(
            chat_id=self.user_id, where=fits, after=mark, timeout_seconds=PATIENCE_SECONDS
        )
        return dict(event["message"])

    async def press(self, message: Json, label: str) -> str:
        """Presses the button under a message whose label holds this; returns the id of the press."""
        return await self.telegram.press(self.user_id, message["message_id"], data_of(message, label))

    async def page(self, answer: Json) -> tuple[Json, Image.Image]:
        """Presses the first button of a page; returns the message with its picture, and the picture."""
        label = next(label for label in labels_of(answer) if MARKED in label)
        mark = self.telegram.mark()
        await self.press(answer, label)
        shown = await self.seen(mark, only="photo")
        content = await self.telegram.download(shown["photo"][-1]["file_id"])
        picture = Image.open(io.BytesIO(content))
        picture.load()
        return shown, picture

    async def messages(self) -> list[Json]:
        """The bot's messages in the chat as they stand now."""
        view = await self.telegram.view(self.user_id)
        return [message for message in view["messages"] if message["from"]["is_bot"]]
