import asyncio
import io
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from services.local.console import Console
from services.local.errors import PartFailed, PartRefused
from services.local.keeper import Keeper
from services.local.parts import Part, Stage
from services.local.restarts import Restarts
from services.local.supervisor import Supervisor

# Says what happens to it in a file that the whole family shares.
OBEDIENT: Final = """
import pathlib, signal, sys
journal, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def write(what):
    with journal.open("a") as file: file.write(f"{what} {name}\\n")
def end(*_):
    write("ended"); sys.exit(0)
signal.signal(signal.SIGTERM, end)
write("began")
while True: signal.pause()
"""
DEAF: Final = OBEDIENT.replace("signal.SIGTERM, end", "signal.SIGTERM, signal.SIG_IGN")
REFUSING: Final = "import sys; print('SOME_VARIABLE is not set'); sys.exit(2)"


@dataclass(frozen=True)
class Family:
    """Parts that write into one journal, and what is shown of them."""

    folder: Path
    stream: io.BytesIO
    console: Console

    def part(self, name: str, stage: Stage, script: str = OBEDIENT) -> Part:
        command = (sys.executable, "-S", "-c", script, str(self.folder / "journal"), name)

        async def begun() -> str | None:
            return None if f"began {name}" in self.journal() else "it has not begun"

        return Part(name, stage, command, {}, (), begun)

    def journal(self) -> list[str]:
        journal = self.folder / "journal"
        return journal.read_text().splitlines() if journal.exists() else []

    async def wait_for(self, journal: list[str]) -> None:
        while True:
            if self.journal() == journal:
                return
            await asyncio.sleep(0.01)

    def supervisor(self, *parts: Part, grace_seconds: float = 5.0) -> Supervisor:
        return Supervisor(parts, self.console, self.folder, grace_seconds=grace_seconds)

    def shown(self) -> str:
        self.console.close()
        return self.stream.getvalue().decode()


@pytest.fixture
def family(tmp_path: Path) -> Family:
    stream = io.BytesIO()
    return Family(tmp_path, stream, Console(stream, ["first", "second", "third"], colour=False))


@asynccontextmanager
async def _running(supervisor: Supervisor) -> AsyncIterator[Callable[[], None]]:
    """Run it until the block ends; the block may stop it before, with what it is given."""
    stop, is_up = asyncio.Event(), asyncio.Event()

    async def when_up() -> None:
        is_up.set()

    run = asyncio.create_task(supervisor.run(stop, when_up))
    await asyncio.wait([run, up := asyncio.create_task(is_up.wait())], return_when=asyncio.FIRST_COMPLETED)
    up.cancel()
    yield stop.set
    stop.set()
    await run


async def test_parts_start_stage_by_stage_and_end_in_reverse_order(family: Family) -> None:
    parts = [family.part("first", Stage.STORE), family.part("second", Stage.STAND_INS)]
    async with _running(family.supervisor(*parts, family.part("third", Stage.SERVICES))):
        assert family.journal() == ["began first", "began second", "began third"]
    assert family.journal()[3:] == ["ended third", "ended second", "ended first"]


async def test_a_part_that_refuses_its_settings_ends_everything_and_is_heard(family: Family) -> None:
    parts = [family.part("first", Stage.STORE), family.part("second", Stage.SERVICES, REFUSING)]
    with pytest.raises(PartRefused, match="SOME_VARIABLE is not set"):
        await family.supervisor(*parts).run(asyncio.Event(), _nothing)
    assert family.journal() == ["began first", "ended first"]
    assert "second  | SOME_VARIABLE is not set" in family.shown()


async def test_a_crashed_part_starts_again(family: Family) -> None:
    crash_once = (
        "import os, pathlib, sys; fresh = not pathlib.Path(sys.argv[1]).exists()\n"
        + OBEDIENT.replace('write("began")', 'write("began")\nif fresh: os.abort()')
    )
    async with _running(family.supervisor(family.part("first", Stage.STORE, crash_once))):
        await family.wait_for(["began first", "began first"])
    assert "quartet | first was ended by SIGABRT; starting it again in 0.2 s" in family.shown()


async def test_a_part_that_crashes_again_and_again_is_given_up(family: Family) -> None:
    restarts = Restarts()
    for _ in range(9):
        restarts.delay_seconds()
    part = family.part("first", Stage.STORE, "print('why'); raise SystemExit(7)")
    with pytest.raises(PartFailed, match=r"first ended with exit code 7 again and again[^$]*why"):
        await Keeper(part, family.console, restarts, family.folder).run()


async def test_a_part_deaf_to_sigterm_is_killed_at_once_when_told_so(family: Family) -> None:
    supervisor = family.supervisor(family.part("first", Stage.STORE, DEAF), grace_seconds=3600)
    async with _running(supervisor) as stop:
        stop()
        supervisor.kill()
    assert family.journal() == ["began first"]


async def _nothing() -> None:
    pass
