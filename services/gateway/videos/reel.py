import asyncio
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.gateway.dialogue import Speaker
from services.gateway.turns import VideoRef
from services.gateway.videos.video import Form, Job

MAX_CLIPS: Final = 4
FILE_NAME: Final = "video.mp4"


class Archive(Protocol):
    """Whoever keeps videos. Raises QuartetError."""

    async def get(self, job_id: str, speaker: Speaker) -> Job: ...

    async def content(self, job_id: str, speaker: Speaker, form: Form) -> bytes: ...


@dataclass(frozen=True)
class Clip:
    """A video on its way into a chat."""

    content: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)
    width_pixels: int
    height_pixels: int
    duration_seconds: float
    is_file: bool
    file_name: str = FILE_NAME


class Reel:
    """Videos on their way into chats, a few at once: each is up to 50 MB."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._places = asyncio.Semaphore(MAX_CLIPS)

    async def clip(self, ref: VideoRef, speaker: Speaker) -> Clip:
        """Fetch a video as it is sent. Raises QuartetError."""
        async with self._places:
            job = await self._archive.get(ref.job_id, speaker)
            form = Form.ORIGINAL if ref.is_file else Form.DISPLAY
            content = await self._archive.content(ref.job_id, speaker, form)
            thumbnail = (
                b"" if ref.is_file else await self._archive.content(ref.job_id, speaker, Form.THUMBNAIL)
            )
            film = job.film
            return Clip(
                content=content,
                thumbnail=thumbnail,
                width_pixels=film.width_pixels if film else 0,
                height_pixels=film.height_pixels if film else 0,
                duration_seconds=film.duration_seconds if film else 0.0,
                is_file=ref.is_file,
            )
