import io
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import av
from av.container import InputContainer

from tests.e2e.pictures import data_of
from tests.e2e.speakers import SpeakerStack
from tests.support.runway import RunwayStandIn
from tests.support.telegram import Json, SandboxTelegram

PATIENCE_SECONDS: Final = 30.0
WAITING: Final = "vid:cancel"
"""Under a message that waits for its video."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who orders videos in a chat with the bot, and what steers the world around them."""

    stack: SpeakerStack
    telegram: SandboxTelegram
    runway: RunwayStandIn
    user_id: int
    chat_id: int

    async def another(self, name: str = "Борис") -> "Viewer":
        """Somebody else, in a private chat of their own."""
        user_id = await self.telegram.add_user(name, "ru")
        return replace(self, user_id=user_id, chat_id=user_id)

    async def in_group(self, name: str = "Борис") -> "tuple[Viewer, Viewer]":
        """The same person in a new group with the bot, and somebody else who is there, too."""
        other_id = await self.telegram.add_user(name, "ru")
        chat_id = await self.telegram.add_chat([self.user_id, other_id])
        own = replace(self, chat_id=chat_id)
        return own, replace(own, user_id=other_id)

    async def say(self, text: str, **fields: Any) -> Json:
        """Says something; returns the message."""
        sent = await self.telegram.send(self.user_id, text, chat_id=self.chat_id, **fields)
        return dict(sent["message"])

    async def orders(self, text: str, **fields: Any) -> Json:
        """Orders a video in words; returns the message that waits for it."""
        mark = self.telegram.mark()
        await self.say(text, **fields)
        prompt = text.removeprefix("/video ").removeprefix("сними ")
        return await self.seen(mark, reply_markup=WAITING, text=prompt)

    async def has_filmed(self, text: str, **fields: Any) -> Json:
        """Orders a video; returns its message once it is there."""
        mark = self.telegram.mark()
        await self.say(text, **fields)
        return await self.seen(mark, only="video")

    async def seen(self, mark: int, *, only: str = "", besides: Json | None = None, **wanted: str) -> Json:
        """The first message of the bot since the mark, new or by an edit, whose fields hold what is wanted.

        `only` is a kind of media that it must have, `besides` a message that it is not.
        """

        def fits(event: Json) -> bool:
            message = event.get("message")
            if not message or not message["from"]["is_bot"] or (only and only not in message):
                return False
            if besides is not None and message["message_id"] == besides["message_id"]:
                return False
            return all(value in str(message.get(name, "")) for name, value in wanted.items())

        event = await self.telegram.wait_for(
            chat_id=self.chat_id, where=fits, after=mark, timeout_seconds=PATIENCE_SECONDS
        )
        return dict(event["message"])

    async def press(self, message: Json, label: str) -> str:
        """Presses the button under a message whose label holds this; returns the id of the press."""
        return await self.telegram.press(
            self.user_id, message["message_id"], data_of(message, label), chat_id=self.chat_id
        )

    async def toast(self, callback_query_id: str) -> str:
        """What the bot answers to a press, once it has answered."""
        answered = await self.telegram.wait_for(
            "callback_answer", where=lambda event: bool(event["callback_query_id"] == callback_query_id)
        )
        return str(answered.get("text") or "")

    async def messages(self) -> list[Json]:
        """The bot's messages in the chat as they stand now."""
        view = await self.telegram.view(self.user_id, chat_id=self.chat_id)
        return [message for message in view["messages"] if message["from"]["is_bot"]]

    async def film(self, message: Json) -> tuple[int, int, float]:
        """Plays a message's video or file to its end; returns width, height and seconds."""
        file = message.get("video") or message["document"]
        content = await self.telegram.download(file["file_id"])
        with cast("InputContainer", av.open(io.BytesIO(content))) as film:
            stream = film.streams.video[0]
            *_frames, last = film.decode(stream)
            return last.width, last.height, float(last.time or 0) + float(1 / (stream.average_rate or 1))
