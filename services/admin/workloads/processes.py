import asyncio
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.admin.workloads.workload import Home, Overview, Pod, Workload
from services.chassis.errors import PermissionDenied

PROC: Final = Path("/proc")
PREFIX: Final = "services."
# Not the services themselves: who starts them, and what documents are read in.
NOT_SERVICES: Final = ("local", "sandbox", "docs.jail")


@dataclass(frozen=True)
class _Process:
    component: str
    pid: int
    pod: Pod


class Processes:
    """The services' processes on this machine, as far as this user may see them.

    They are shown only: who keeps them running, systemd or `make run`, is who changes them. How often they
    were restarted nobody here knows; since when they run says it, too.
    """

    def __init__(self, version: str, proc: Path = PROC) -> None:
        self._version = version
        self._proc = proc

    async def look(self) -> Overview:
        found = await asyncio.to_thread(lambda: list(self._all()))
        by_component: defaultdict[str, list[Pod]] = defaultdict(list)
        for process in sorted(found, key=lambda process: process.pid):
            by_component[process.component].append(process.pod)
        workloads = [
            Workload(component, component, self._version, len(pods), len(pods), False, pods)
            for component, pods in sorted(by_component.items())
        ]
        return Overview(Home.MACHINE, workloads)

    async def scale(self, name: str, replicas: int, *, generation: int) -> None:  # noqa: ARG002 - the protocol's
        raise PermissionDenied("processes are started by whoever keeps them running")

    async def restart(self, name: str, *, generation: int) -> None:  # noqa: ARG002 - the protocol's
        raise PermissionDenied("processes are started by whoever keeps them running")

    async def roll_back(self, name: str, revision: int, *, generation: int) -> None:  # noqa: ARG002 - the protocol's
        raise PermissionDenied("releases are changed by whoever has installed them")

    def _all(self) -> Iterator[_Process]:
        booted_at = self._booted_at()
        for folder in self._proc.glob("[0-9]*"):
            try:
                process = self._read(folder, booted_at)
            except (OSError, ValueError, IndexError):
                continue  # it has just ended, or is somebody else's
            if process is not None:
                yield process

    def _read(self, folder: Path, booted_at: float) -> _Process | None:
        command = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        module = command[command.index("-m") + 1] if "-m" in command else ""
        name = module.removeprefix(PREFIX)
        if not module.startswith(PREFIX) or name.startswith(NOT_SERVICES):
            return None
        # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name before may hold spaces.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        started_at = booted_at + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        pod = Pod(
            name=f"{name} {folder.name}",
            is_ready=fields[0] not in "ZT",
            state="Running" if fields[0] not in "ZT" else "Stopped",
            restarts=0,
            version=self._version,
            started_at=datetime.fromtimestamp(started_at, UTC),
            memory_bytes=int(fields[21]) * os.sysconf("SC_PAGE_SIZE"),
        )
        return _Process(name.replace(".", "-"), int(folder.name), pod)

    def _booted_at(self) -> float:
        lines = (self._proc / "stat").read_text().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("btime "))
