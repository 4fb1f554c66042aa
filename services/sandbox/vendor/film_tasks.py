import heapq
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, created_at REAL, started_at REAL, ended_at REAL, kind TEXT, model TEXT,
    prompt TEXT, ratio TEXT, duration INTEGER, credits REAL, failure_code TEXT, fails_late INTEGER,
    cancelled INTEGER, film_seconds REAL, garbage INTEGER, picture BLOB
)"""
# What a task has no time for yet: it is looked at, and its money reserved.
PENDING_SECONDS: Final = 0.05


class Status(StrEnum):
    """How far a task is, in Runway's words: https://docs.dev.runwayml.com/api#tag/Task-management"""

    PENDING = "PENDING"
    THROTTLED = "THROTTLED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Order:
    """What a task is to make. `failure_code` None: it will succeed; empty: it fails without a code."""

    kind: str
    model: str
    prompt: str
    ratio: str
    duration: int
    credits: float
    film_seconds: float
    failure_code: str | None = None
    fails_late: bool = False
    is_garbage: bool = False
    picture: bytes | None = None


@dataclass(frozen=True)
class Task:
    """A task as it stands. Times are Unix time in seconds."""

    task_id: str
    created_at: float
    order: Order
    started_at: float | None = None
    ended_at: float | None = None
    is_cancelled: bool = False

    def status(self, now: float) -> Status:
        if self.is_cancelled:
            return Status.CANCELLED
        if self.ended_at is not None:
            return Status.SUCCEEDED if self.order.failure_code is None else Status.FAILED
        if self.started_at is not None:
            return Status.RUNNING
        return Status.PENDING if now - self.created_at < PENDING_SECONDS else Status.THROTTLED

    def progress(self, now: float) -> float:
        if self.started_at is None:
            return 0.0
        return min(0.99, (now - self.started_at) / max(self.order.film_seconds, 0.001))

    @property
    def run_seconds(self) -> float:
        fails_at_once = self.order.failure_code is not None and not self.order.fails_late
        return 0.0 if fails_at_once else self.order.film_seconds


class Tasks:
    """All tasks, in a file that outlives the process. Every change is on the disk before it is told."""

    def __init__(self, folder: Path, *, concurrency: int, now: Callable[[], float] = time.time) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(folder / "tasks.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute(SCHEMA)
        self._now = now
        self.concurrency = concurrency
        self._tasks = {task.task_id: task for task in self._read()}

    def create(self, order: Order) -> Task:
        """Take an order."""
        self.advance()
        task = Task(str(uuid4()), self._now(), order)
        self._save(task)
        self.advance()
        return self._tasks[task.task_id]

    def find(self, task_id: str) -> Task | None:
        self.advance()
        return self._tasks.get(task_id)

    def cancel(self, task_id: str) -> bool:
        """End a task; one that has ended loses its film, and is cancelled, too. False where there is none."""
        self.advance()
        task = self._tasks.get(task_id)
        if task is None:
            return False
        self._save(replace(task, is_cancelled=True, ended_at=task.ended_at or self._now()))
        self.advance()
        return True

    def all(self) -> list[Task]:
        self.advance()
        return list(self._tasks.values())

    def clear(self) -> None:
        self._database.execute("DELETE FROM tasks")
        self._tasks.clear()

    def advance(self) -> None:
        """Let tasks end, and others take their places, as has been due since anybody looked."""
        now = self._now()
        running = [
            (task.started_at + task.run_seconds, task.task_id)
            for task in self._tasks.values()
            if task.started_at is not None and task.ended_at is None
        ]
        heapq.heapify(running)
        waiting = [task for task in self._tasks.values() if task.started_at is None and task.ended_at is None]
        # Room that is there already has come about just now: nobody has looked since.
        freed_at = now
        while True:
            while waiting and len(running) < self.concurrency:
                task = waiting.pop(0)
                started_at = max(freed_at, task.created_at)
                self._save(replace(task, started_at=started_at))
                heapq.heappush(running, (started_at + task.run_seconds, task.task_id))
            if not running or running[0][0] > now:
                return
            freed_at, task_id = heapq.heappop(running)
            self._save(replace(self._tasks[task_id], ended_at=freed_at))

    def _save(self, task: Task) -> None:
        order = task.order
        values: list[Any] = [task.task_id, task.created_at, task.started_at, task.ended_at]
        values += [order.kind, order.model, order.prompt, order.ratio, order.duration, order.credits]
        values += [order.failure_code, order.fails_late, task.is_cancelled, order.film_seconds]
        values += [order.is_garbage, order.picture]
        marks = ", ".join("?" * len(values))
        self._database.execute(f"INSERT OR REPLACE INTO tasks VALUES ({marks})", values)  # noqa: S608 - marks
        self._tasks[task.task_id] = task

    def _read(self) -> list[Task]:
        rows = self._database.execute("SELECT * FROM tasks ORDER BY created_at").fetchall()
        return [
            Task(
                task_id=row[0],
                created_at=row[1],
                started_at=row[2],
                ended_at=row[3],
                is_cancelled=bool(row[12]),
                order=Order(
                    kind=row[4],
                    model=row[5],
                    prompt=row[6],
                    ratio=row[7],
                    duration=row[8],
                    credits=row[9],
                    failure_code=row[10],
                    fails_late=bool(row[11]),
                    film_seconds=row[13],
                    is_garbage=bool(row[14]),
                    picture=row[15],
                ),
            )
            for row in rows
        ]
