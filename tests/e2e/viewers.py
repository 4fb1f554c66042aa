import io
from dataclasses import dataclass, replace
from typing import Any, Final, Self, cast

import av
from av.container import InputContainer

from tests.e2e.chatter import Chatter
from tests.support.runway import RunwayStandIn
from tests.support.telegram import Json

WAITING: Final = "vid:cancel"
"""Under a message that waits for its video."""


@dataclass(frozen=True)
class Viewer(Chatter):
    """Somebody who orders videos in a chat with the bot, and what steers the world around them."""

    runway: RunwayStandIn

    async def in_group(self, name: str = "Борис") -> tuple[Self, Self]:
        """The same person in a new group with the bot, and somebody else who is there, too."""
        other_id = await self.telegram.add_user(name, "ru")
        chat_id = await self.telegram.add_chat([self.user_id, other_id])
        own = replace(self, chat_id=chat_id)
        return own, replace(own, user_id=other_id)

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

    async def film(self, message: Json) -> tuple[int, int, float]:
        """Plays a message's video or file to its end; returns width, height and seconds."""
        file = message.get("video") or message["document"]
        content = await self.telegram.download(file["file_id"])
        with cast("InputContainer", av.open(io.BytesIO(content))) as film:
            stream = film.streams.video[0]
            *_frames, last = film.decode(stream)
            return last.width, last.height, float(last.time or 0) + float(1 / (stream.average_rate or 1))
