import queue
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO, Final

OWN_NAME: Final = "quartet"
COLOURS: Final = (36, 33, 32, 35, 34, 96, 93, 92)
ESCAPES: Final = re.compile(r"\x1b\[[0-9;]*m")
MAX_WAITING_LINES: Final = 10_000
CLOSE_SECONDS: Final = 2.0


class Console:
    """Writes prefixed lines from a thread, so that a terminal that stands still stops nobody.

    Lines that find no room are dropped and counted; the count is shown as soon as there is room.
    """

    def __init__(self, stream: BinaryIO, names: Sequence[str], *, colour: bool) -> None:
        self._stream = stream
        self._colour = colour
        width = max(map(len, (OWN_NAME, *names)))
        self._prefixes = {name: self._prefix(name, width, place) for place, name in enumerate(names)}
        self._prefixes[OWN_NAME] = self._paint(f"{OWN_NAME:<{width}} | ", 1)
        self._waiting: queue.Queue[str | None] = queue.Queue(MAX_WAITING_LINES)
        self._dropped_count = 0
        self._writer = threading.Thread(target=self._write_all, name="console", daemon=True)
        self._writer.start()

    def line(self, name: str, text: str) -> None:
        """Show a line that `name` has written. Never waits."""
        self._put(self._prefixes[name] + (text if self._colour else ESCAPES.sub("", text)))

    def say(self, text: str) -> None:
        """Show the supervisor's own words. Never waits."""
        for line in text.splitlines():
            self.line(OWN_NAME, line)

    def show(self, text: str) -> None:
        """Show text as it is, without a prefix. Never waits."""
        self._put(text)

    def close(self) -> None:
        """Write what is waiting; a terminal that does not take it within two seconds is given up."""
        with suppress(queue.Full):
            self._waiting.put(None, timeout=CLOSE_SECONDS)
            self._writer.join(CLOSE_SECONDS)

    def _prefix(self, name: str, width: int, place: int) -> str:
        return self._paint(f"{name:<{width}} | ", COLOURS[place % len(COLOURS)])

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text

    def _put(self, line: str) -> None:
        try:
            self._waiting.put_nowait(line)
        except queue.Full:
            self._dropped_count += 1

    def _write_all(self) -> None:
        # A closed terminal or pipe: whatever comes later has no reader.
        with suppress(OSError, ValueError):
            while (line := self._waiting.get()) is not None:
                dropped_count, self._dropped_count = self._dropped_count, 0
                notice = (
                    f"{self._prefixes[OWN_NAME]}{dropped_count} lines were dropped\n" if dropped_count else ""
                )
                self._stream.write(f"{line}\n{notice}".encode(errors="replace"))
                if self._waiting.empty():
                    self._stream.flush()
