import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import structlog

from services.chassis.backoff import Backoff
from services.image.darkroom.forms import Developed, Form, Problem, UnusablePicture
from services.image.darkroom.worker import Worker, WorkerLost

log = structlog.get_logger()

MAX_PROCESSES: Final = 2
TIMEOUT_SECONDS: Final = 30.0
FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 10.0


class Darkroom:
    """Checks pictures and makes them into other forms, a few at once.

    Decoders of pictures are large, and the files come from anybody: each is read by a process with limits of
    memory and time. One that crashes, or takes too long, is replaced; only its picture is lost.
    """

    def __init__(self, *, max_pixels: int, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._max_pixels = max_pixels
        self._timeout_seconds = timeout_seconds
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._at_work: set[Worker] = set()
        self._replacements: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        *,
        max_pixels: int,
        max_processes: int = MAX_PROCESSES,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> AsyncIterator[Self]:
        """Run the processes for the block. Raises OSError, WorkerLost."""
        darkroom = cls(max_pixels=max_pixels, timeout_seconds=timeout_seconds)
        try:
            for _ in range(max_processes):
                darkroom._idle.put_nowait(await Worker.start())
            yield darkroom
        finally:
            await darkroom._close()

    @property
    def is_busy(self) -> bool:
        """Whether a picture would have to wait."""
        return self._idle.empty()

    async def develop(self, content: bytes, form: Form) -> Developed:
        """Return the picture in a form. Raises UnusablePicture, also when it is too much for its process."""
        while not (worker := await self._idle.get()).is_alive:
            self._replace(worker)
        self._at_work.add(worker)
        is_sound = False
        try:
            async with asyncio.timeout(self._timeout_seconds):
                head, developed = await worker.ask({"form": form, "max_pixels": self._max_pixels}, content)
            is_sound = True
        except (TimeoutError, WorkerLost) as error:
            raise UnusablePicture(Problem.BROKEN) from error
        finally:
            self._at_work.discard(worker)
            if is_sound:
                self._idle.put_nowait(worker)
            else:
                self._replace(worker)
        return _developed(head, developed)

    def _replace(self, worker: Worker) -> None:
        task = asyncio.create_task(self._start_instead_of(worker))
        self._replacements.add(task)
        task.add_done_callback(self._replacements.discard)

    async def _start_instead_of(self, worker: Worker) -> None:
        exit_code = await worker.end()
        # Killed by its limits, by the file, or because nobody waits for its picture any more.
        log.warning("picture_reader_replaced", exit_code=exit_code)
        pauses = Backoff(FIRST_PAUSE_SECONDS, longest_seconds=LONGEST_PAUSE_SECONDS)
        while not self._is_closed:
            try:
                self._idle.put_nowait(await Worker.start())
            except (OSError, WorkerLost) as error:
                log.error("picture_reader_not_started", error=type(error).__name__)
                await pauses.pause()
            else:
                return

    async def _close(self) -> None:
        self._is_closed = True
        await asyncio.gather(*self._replacements)
        while not self._idle.empty():
            await self._idle.get_nowait().end()
        for worker in self._at_work:
            await worker.end()


def _developed(head: dict[str, Any], content: bytes) -> Developed:
    if "problem" in head:
        raise UnusablePicture(Problem(head["problem"]), head["limit"])
    width, height = head["size"]
    return Developed(head["mime_type"], content, head["source_mime_type"], width, height)
