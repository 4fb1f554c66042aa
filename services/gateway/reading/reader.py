from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.types import Message

from services.chassis.errors import InvalidRequest, UnsupportedImage
from services.gateway.delivery.files import Files
from services.gateway.delivery.turn import Turn
from services.gateway.dialogue import Attachment, Material
from services.gateway.questions import speaker_of
from services.gateway.reading.listening import MAX_RECORDING_BYTES, Recording, recording_in
from services.gateway.reading.looking import MAX_PICTURE_BYTES, Picture, pictures_in
from services.gateway.reading.materials import forwarded_from, materials_of, name_of
from services.gateway.reading.words import own_words, without_mention
from services.gateway.text_client import TextClient

MAX_PICTURES: Final = 10
"""As many as an album holds."""
MAX_RECORDINGS: Final = 5
MAX_CHANGED_PICTURES: Final = 4
MAX_CHANGED_BYTES: Final = 20_000_000
"""What the image service takes at once."""
MAX_ALL_PICTURES_BYTES: Final = 10_000_000
"""What one question may carry."""


@dataclass(frozen=True)
class Reading:
    """What a turn's messages say, ready to be asked."""

    instruction: str = ""
    materials: tuple[Material, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    transcript: str = ""
    """What of the instruction was spoken."""

    @property
    def is_blank(self) -> bool:
        return not (self.instruction.strip() or self.materials or self.attachments)


class Reader:
    """Reads messages: fetches their pictures, has their recordings transcribed.

    Both may take seconds. Raises QuartetError.
    """

    def __init__(self, files: Files, text: TextClient, *, bot_id: int, username: str) -> None:
        self._files = files
        self._text = text
        self._bot_id = bot_id
        self._username = username

    async def read(self, turn: Turn, messages: Sequence[Message]) -> Reading:
        spoken, overheard = await self._listen(turn, messages)
        written = without_mention(own_words(messages), self._username)
        return Reading(
            instruction="\n\n".join(part for part in (written, spoken) if part),
            materials=(*materials_of(messages, self._bot_id), *overheard),
            attachments=await self._look(turn, messages),
            transcript=spoken,
        )

    async def asked(self, turn: Turn, messages: Sequence[Message]) -> tuple[str, str]:
        """What the person asks themselves: in writing, and aloud."""
        spoken, _overheard = await self._listen(turn, messages)
        return without_mention(own_words(messages), self._username), spoken

    async def pictures(self, turn: Turn, messages: Sequence[Message]) -> tuple[Attachment, ...]:
        """The pictures to be changed: the messages' own, or else those of the message that they reply to.

        Raises UnsupportedImage where they are too many or too large.
        """
        own = [picture for message in messages for picture in pictures_in(message)]
        both = [picture for message, _ in _with_replied(messages) for picture in pictures_in(message)]
        found = own or both
        if len(found) > MAX_CHANGED_PICTURES:
            raise UnsupportedImage(metadata={"problem": "too_many", "limit": str(MAX_CHANGED_PICTURES)})
        left_bytes = MAX_CHANGED_BYTES
        fetched: list[Attachment] = []
        for picture in found:
            if picture.size_bytes > left_bytes:
                limit = MAX_CHANGED_BYTES // 1_000_000
                raise UnsupportedImage(metadata={"problem": "too_large", "limit": str(limit)})
            content = await self._files.fetch(picture.file_id, chat_id=turn.chat_id, max_bytes=left_bytes)
            left_bytes -= len(content)
            fetched.append(Attachment(picture.mime_type, content))
        return tuple(fetched)

    async def _listen(self, turn: Turn, messages: Sequence[Message]) -> tuple[str, list[Material]]:
        """What the person said, and what is said in the recordings that they speak about."""
        spoken: list[str] = []
        overheard: list[Material] = []
        for message, is_own in _with_replied(messages)[:MAX_RECORDINGS]:
            recording = recording_in(message)
            if recording is None:
                continue
            text = await self._transcribe(turn, recording)
            if is_own and message.forward_origin is None:
                spoken.append(text)
                continue
            whose = forwarded_from(message) if message.forward_origin else f"by {name_of(message)}"
            overheard.append(Material(f"transcript of a recording {whose}", text))
        return "\n\n".join(text for text in spoken if text), overheard

    async def _transcribe(self, turn: Turn, recording: Recording) -> str:
        if recording.is_too_large:
            raise InvalidRequest("the recording is too large")
        content = await self._files.fetch(
            recording.file_id, chat_id=turn.chat_id, max_bytes=MAX_RECORDING_BYTES
        )
        audio = Attachment(recording.mime_type, content, recording.filename)
        return await self._text.transcribe(audio, speaker_of(turn))

    async def _look(self, turn: Turn, messages: Sequence[Message]) -> tuple[Attachment, ...]:
        pictures = [
            picture for message, _is_own in _with_replied(messages) for picture in pictures_in(message)
        ]
        seen: list[Attachment] = []
        left_bytes = MAX_ALL_PICTURES_BYTES
        for picture in pictures[:MAX_PICTURES]:
            content = await self._fetch(turn, picture, left_bytes)
            left_bytes -= len(content)
            seen.append(Attachment(picture.mime_type, content))
        return tuple(seen)

    async def _fetch(self, turn: Turn, picture: Picture, left_bytes: int) -> bytes:
        if picture.is_too_large or picture.size_bytes > left_bytes:
            raise InvalidRequest("the pictures are too large")
        return await self._files.fetch(
            picture.file_id, chat_id=turn.chat_id, max_bytes=min(left_bytes, MAX_PICTURE_BYTES)
        )


def _with_replied(messages: Sequence[Message]) -> list[tuple[Message, bool]]:
    """The messages, and those that they reply to; whether each is one of the former."""
    replied = [message.reply_to_message for message in messages if message.reply_to_message is not None]
    unique = {message.message_id: message for message in replied}
    return [*((message, True) for message in messages), *((message, False) for message in unique.values())]
