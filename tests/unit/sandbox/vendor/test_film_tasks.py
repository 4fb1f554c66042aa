from collections.abc import Callable
from pathlib import Path

import pytest

from services.sandbox.vendor.film_tasks import PENDING_SECONDS, Order, Status, Task, Tasks

FILM_SECONDS = 10.0
LONGER_SECONDS = 100.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_tasks(tmp_path: Path, clock: Clock) -> Callable[[], Tasks]:
    return lambda: Tasks(tmp_path, concurrency=1, now=clock)


def order(prompt: str = "a film", *, film_seconds: float = FILM_SECONDS, code: str | None = None) -> Order:
    return Order("text_to_video", "gen4.5", prompt, "1280:720", 5, 60.0, film_seconds, code)


def statuses(tasks: Tasks, clock: Clock) -> list[Status]:
    return [task.status(clock.now) for task in tasks.all()]


def test_a_task_that_finds_no_room_is_throttled_and_follows_the_one_before_it(
    open_tasks: Callable[[], Tasks], clock: Clock
) -> None:
    tasks = open_tasks()
    tasks.create(order())
    tasks.create(order())
    assert statuses(tasks, clock) == [Status.RUNNING, Status.PENDING]
    clock.now += 2 * PENDING_SECONDS
    assert statuses(tasks, clock) == [Status.RUNNING, Status.THROTTLED]
    clock.now += FILM_SECONDS
    assert statuses(tasks, clock) == [Status.SUCCEEDED, Status.RUNNING]
    clock.now += FILM_SECONDS
    assert statuses(tasks, clock) == [Status.SUCCEEDED, Status.SUCCEEDED]


def test_tasks_survive_their_server_and_go_on_meanwhile(
    open_tasks: Callable[[], Tasks], clock: Clock
) -> None:
    before = open_tasks()
    for _ in range(3):
        before.create(order())
    # Nobody closes what is killed.
    clock.now += 2.5 * FILM_SECONDS
    after = open_tasks()
    assert statuses(after, clock) == [Status.SUCCEEDED, Status.SUCCEEDED, Status.RUNNING]
    assert [task.progress(clock.now) for task in after.all()][2] == pytest.approx(0.5)


def test_who_takes_the_place_of_a_cancelled_task_begins_then(
    open_tasks: Callable[[], Tasks], clock: Clock
) -> None:
    tasks = open_tasks()
    first, second = tasks.create(order(film_seconds=LONGER_SECONDS)), tasks.create(order())
    clock.now += 5 * FILM_SECONDS
    tasks.cancel(first.task_id)
    assert statuses(tasks, clock) == [Status.CANCELLED, Status.RUNNING]
    assert _found(tasks, second).progress(clock.now) == 0.0


def test_a_task_that_is_over_is_cancelled_too_and_takes_nobodys_place(
    open_tasks: Callable[[], Tasks], clock: Clock
) -> None:
    tasks = open_tasks()
    first, _second = tasks.create(order()), tasks.create(order())
    clock.now += FILM_SECONDS
    assert tasks.cancel(first.task_id)
    assert statuses(tasks, clock) == [Status.CANCELLED, Status.RUNNING]
    assert not tasks.cancel("nobody's")


def test_what_fails_at_once_takes_no_time(open_tasks: Callable[[], Tasks], clock: Clock) -> None:
    tasks = open_tasks()
    tasks.create(order(code="SAFETY.INPUT.TEXT"))
    assert statuses(tasks, clock) == [Status.FAILED]


def _found(tasks: Tasks, task: Task) -> Task:
    found = tasks.find(task.task_id)
    assert found is not None
    return found
