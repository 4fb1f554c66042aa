import asyncio
import tempfile
from pathlib import Path
from typing import Final

import structlog

from services.chassis.errors import InternalError, ServiceUnavailable, UnsupportedImage
from services.video.frames.recoding import MAX_FRAME_BYTES, Problem
from services.video.workshop.workshop import Limits, Lost, Workshop

log = structlog.get_logger()

MODULE: Final = "services.video.frames"
# 50 megapixels of WebP with transparency, decoded and blended.
LIMITS: Final = Limits(
    memory_bytes=3 * 1024**3 // 2, cpu_seconds=20, file_bytes=4 * MAX_FRAME_BYTES, seconds=30.0
)


class Frames:
    """Checks pictures from users and makes them into first frames, each in a process with limits."""

    def __init__(self, workshop: Workshop, *, max_bytes: int, limits: Limits = LIMITS) -> None:
        self._workshop = workshop
        self._max_bytes = max_bytes
        self._limits = limits

    async def develop(self, content: bytes) -> bytes:
        """Return the picture as a clean JPEG: upright, in sRGB, at most 2,048 pixels a side and 3 MB.

        Raises UnsupportedImage, also where it is too much for its process, and ServiceUnavailable.
        """
        if len(content) > self._max_bytes:
            raise _unsupported(Problem.TOO_LARGE, self._max_bytes)
        try:
            with tempfile.TemporaryDirectory(prefix="quartet-frame-") as name:
                return await self._developed(content, Path(name))
        except OSError as error:
            log.error("frame_not_developed", error=type(error).__name__)
            raise ServiceUnavailable("pictures cannot be read at the moment") from error

    async def _developed(self, content: bytes, folder: Path) -> bytes:
        source, target = folder / "source", folder / "frame.jpg"
        await asyncio.to_thread(source.write_bytes, content)
        wish = {"source": str(source), "target": str(target)}
        try:
            answer = await self._workshop.do(MODULE, wish, self._limits)
        except Lost as error:
            log.warning("frame_reader_lost", exit_code=error.exit_code, is_late=error.is_late)
            # A picture can crash its decoder, but not have Python end of its own accord.
            if error.exit_code > 0 and not error.is_late:
                raise InternalError("pictures cannot be read") from error
            raise _unsupported(Problem.BROKEN) from error
        if answer.get("problem") is not None:
            raise _unsupported(Problem(answer["problem"]), answer.get("limit"))
        return await asyncio.to_thread(target.read_bytes)


def _unsupported(problem: Problem, limit: int | None = None) -> UnsupportedImage:
    metadata = {"problem": str(problem)} | ({"limit": str(limit)} if limit is not None else {})
    return UnsupportedImage("the first frame cannot be used", metadata=metadata)
