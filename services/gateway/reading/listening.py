from dataclasses import dataclass
from typing import Final

from aiogram.types import Message

MAX_RECORDING_BYTES: Final = 20_000_000
"""https://core.telegram.org/bots/api#getfile"""


@dataclass(frozen=True)
class Recording:
    """Something to listen to in a message, not fetched yet."""

    file_id: str
    mime_type: str
    size_bytes: int
    filename: str

    @property
    def is_too_large(self) -> bool:
        return self.size_bytes > MAX_RECORDING_BYTES


def recording_in(message: Message) -> Recording | None:
    """A voice message, a video note or a piece of sound."""
    if message.voice is not None:
        voice = message.voice
        return Recording(voice.file_id, voice.mime_type or "audio/ogg", voice.file_size or 0, "voice.ogg")
    if message.video_note is not None:
        note = message.video_note
        return Recording(note.file_id, "video/mp4", note.file_size or 0, "note.mp4")
    if message.audio is not None:
        audio = message.audio
        mime_type = audio.mime_type or "audio/mpeg"
        return Recording(audio.file_id, mime_type, audio.file_size or 0, audio.file_name or "audio.mp3")
    return None
