import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

import structlog

from services.text.sound.purposes import Purpose

log = structlog.get_logger()

CODER: Final = "services.text.sound"
TIMEOUT_SECONDS: Final = 60.0
MAX_PROCESSES: Final = 2


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording and its length."""

    mime_type: str
    content: bytes
    seconds: float


class UnreadableSound(Exception):
    """The file holds no sound that can be read."""


class Coder:
    """Looks into recordings and recodes them, a few at once.

    Each is read by a process that holds no keys, has limits, and can be killed: decoders of media are large,
    and the files come from anybody.
    """

    def __init__(
        self, *, max_processes: int = MAX_PROCESSES, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._places = asyncio.Semaphore(max_processes)
        self._timeout_seconds = timeout_seconds

    async def prepare(self, content: bytes, purpose: Purpose) -> Sound:
        """Return the recording as its purpose needs it, untouched where it is so already.

        Raises UnreadableSound, also when the file takes too long or too much memory to read.
        """
        async with self._places:
            output = await self._run(content, purpose)
        head, _, recoded = output.partition(b"\n")
        said = json.loads(head)
        return Sound(said["mime_type"], recoded or content, said["seconds"])

    async def _run(self, content: bytes, purpose: Purpose) -> bytes:
        reader = _Reader(purpose)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                exit_code, output = await asyncio.to_thread(reader.read, content)
        except TimeoutError as error:
            raise UnreadableSound(f"the file was not read in {self._timeout_seconds:g} s") from error
        finally:
            reader.kill()
        if exit_code not in (os.EX_OK, os.EX_DATAERR):
            # Killed by its limits or by the file; or broken, which is for the operator to know.
            log.error("sound_reader_failed", exit_code=exit_code)
        if exit_code != os.EX_OK:
            raise UnreadableSound("the file holds no sound that can be read")
        return output


class _Reader:
    """A process that reads one file. The thread that started it also buries it, whoever kills it."""

    def __init__(self, purpose: Purpose) -> None:
        self._purpose = purpose
        self._process: subprocess.Popen[bytes] | None = None
        self._is_unwanted = False

    def read(self, content: bytes) -> tuple[int, bytes]:
        """Return its exit code and what it says. Blocks."""
        # Not through the loop: uvloop forks, and gRPC complains of forks on stderr.
        with subprocess.Popen(  # noqa: S603 - our own module, and one of our own purposes
            (sys.executable, "-m", CODER, self._purpose),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        ) as process:
            self._process = process
            if self._is_unwanted:
                process.kill()
            output, _errors = process.communicate(content)
        return process.returncode, output

    def kill(self) -> None:
        """End it, also where it has yet to start."""
        self._is_unwanted = True
        if self._process is not None:
            self._process.kill()
