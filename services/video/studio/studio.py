import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import structlog
from pydantic import TypeAdapter

from services.chassis.errors import InternalError, ProviderInterrupted, QuartetError, ServiceUnavailable
from services.video.studio.film import Print, Problem
from services.video.workshop.workshop import Limits, Lost, Workshop

log = structlog.get_logger()

MODULE: Final = "services.video.studio"
# What bots may send: https://core.telegram.org/bots/api#sendvideo
MAX_DISPLAY_BYTES: Final = 50_000_000
# Two minutes of 4,096 pixels a side, encoded twice.
LIMITS: Final = Limits(memory_bytes=3 * 1024**3, cpu_seconds=900, file_bytes=200_000_000, seconds=1200.0)
PRINT: Final = TypeAdapter(Print)


@dataclass(frozen=True, slots=True)
class Developed:
    """What messengers show of a film. `display` is the film itself where it is as it should be."""

    display: Path
    thumbnail: Path
    width_pixels: int
    height_pixels: int
    duration_seconds: float
    has_sound: bool
    source_mime_type: str


class Studio:
    """Checks what vendors have made, and makes what messengers play in place: MP4, H.264, AAC, 50 MB."""

    def __init__(self, workshop: Workshop, *, max_display_bytes: int, limits: Limits) -> None:
        self._workshop = workshop
        self._max_display_bytes = max_display_bytes
        self._limits = limits

    @classmethod
    @asynccontextmanager
    async def open(
        cls, *, max_at_once: int, max_display_bytes: int = MAX_DISPLAY_BYTES, limits: Limits = LIMITS
    ) -> AsyncIterator[Self]:
        """Work on so many films at once; at the end of the block what is being worked on is killed."""
        async with Workshop.open(max_at_once=max_at_once) as workshop:
            yield cls(workshop, max_display_bytes=max_display_bytes, limits=limits)

    async def develop(self, source: Path, folder: Path) -> Developed:
        """Check a film and make its display and its thumbnail in a folder, in a process with limits.

        Raises ProviderInterrupted for a film that cannot be used: the vendor has done its work, so asking
        anew costs anew, and nobody but the user decides that. Metadata: `problem`; the caller adds
        `provider`. Raises ServiceUnavailable where no process starts, or the disk is full, and InternalError.
        """
        display, thumbnail = folder / "display.mp4", folder / "thumbnail.jpg"
        wish = {
            "source": str(source),
            "display": str(display),
            "thumbnail": str(thumbnail),
            "max_bytes": self._max_display_bytes,
        }
        try:
            answer = await self._workshop.do(MODULE, wish, self._limits)
        except Lost as error:
            log.warning("film_reader_lost", exit_code=error.exit_code, is_late=error.is_late)
            raise _blamed(error) from error
        except OSError as error:
            raise ServiceUnavailable("films cannot be looked at at the moment") from error
        made = _print(answer)
        return Developed(
            source if made.is_source else display,
            thumbnail,
            made.width_pixels,
            made.height_pixels,
            made.duration_seconds,
            made.has_sound,
            made.source_mime_type,
        )


def _print(answer: dict[str, Any]) -> Print:
    if answer.get("is_disk_full"):
        log.error("film_disk_full")
        raise ServiceUnavailable("there is no room for films on the disk")
    if "problem" in answer:
        log.warning("film_unusable", problem=answer["problem"], error=answer.get("error"))
        raise _unusable(Problem(answer["problem"]))
    return PRINT.validate_python(answer["print"])


def _blamed(error: Lost) -> QuartetError:
    if error.is_late or error.exit_code == -signal.SIGKILL:
        return _unusable(Problem.TOO_MUCH)
    # A film can crash its decoder, but not have Python end of its own accord.
    return _unusable(Problem.BROKEN) if error.exit_code < 0 else InternalError("the studio does not work")


def _unusable(problem: Problem) -> ProviderInterrupted:
    return ProviderInterrupted("the vendor's film cannot be used", metadata={"problem": str(problem)})
