import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.ports import free_port, is_listening

START_SECONDS: Final = 10.0


class NatsServer:
    """A real nats-server on a free port, with a store that survives kills."""

    def __init__(self, directory: Path, *, jetstream: bool = True) -> None:
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._directory = directory
        self._config = directory / "nats.conf"
        store = f'jetstream {{ store_dir: "{directory}/store", sync_interval: always }}' if jetstream else ""
        self._config.write_text(f'listen: "127.0.0.1:{self.port}"\nmax_payload: 2MB\n{store}\n')
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start on the same port and store as before, and wait until it listens."""
        binary = Path(sys.executable).with_name("nats-server")
        with (self._directory / "nats.log").open("ab") as output:
            self._process = subprocess.Popen([binary, "-c", self._config], stdout=output, stderr=output)
        give_up_at = time.monotonic() + START_SECONDS
        while not is_listening(self.port):
            if self._process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError((self._directory / "nats.log").read_text())
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9: what the server has not written is lost."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    async def kill_and_start(self) -> None:
        """Replace the process while the test's own loop goes on."""
        await asyncio.to_thread(self.kill)
        await asyncio.to_thread(self.start)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, number)
            self._process.wait(timeout=START_SECONDS)


@contextmanager
def nats_server(directory: Path, *, jetstream: bool = True) -> Iterator[NatsServer]:
    """Run a server of its own for the block."""
    server = NatsServer(directory, jetstream=jetstream)
    server.start()
    try:
        yield server
    finally:
        server.stop()
