import io
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from tests.e2e.chatter import Chatter, labels_of
from tests.support.openai import OpenAIStandIn
from tests.support.telegram import Json

MARKED: Final = "стр."
"""On the buttons of cited pages."""


@dataclass(frozen=True)
class DocumentReader(Chatter):
    """Somebody who sends documents to the bot and asks about them, and what steers the world around."""

    openai: OpenAIStandIn

    async def bring(self, content: bytes, name: str, caption: str = "", **fields: Any) -> Json:
        """Sends a file; returns the message."""
        sent = await self.telegram.send_document(self.user_id, content, name, caption=caption, **fields)
        return dict(sent["message"])

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
