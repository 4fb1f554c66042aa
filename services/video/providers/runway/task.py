from typing import Any, Final

from services.chassis.errors import ProviderUnavailable
from services.video.providers.base import Task, TaskState
from services.video.providers.runway.errors import PROVIDER
from services.video.providers.runway.failures import failure_of
from services.video.providers.runway.offers import MICROS_PER_CREDIT

STATES: Final = {
    "PENDING": TaskState.WAITING,
    # Taken, and made once another one of the account is done.
    "THROTTLED": TaskState.WAITING,
    "RUNNING": TaskState.RUNNING,
    "SUCCEEDED": TaskState.SUCCEEDED,
    "FAILED": TaskState.FAILED,
    "CANCELLED": TaskState.CANCELLED,
}


def task_of(found: Any) -> Task:
    """Read what the vendor says of a task. Raises ProviderUnavailable where that is no sense."""
    state = STATES.get(found.status)
    if state is None:
        raise ProviderUnavailable("runway named a state that is not known", metadata={"provider": PROVIDER})
    progress = getattr(found, "progress", None)
    output = getattr(found, "output", None) or [""]
    if state is TaskState.SUCCEEDED and not output[0]:
        raise ProviderUnavailable("runway named no file", metadata={"provider": PROVIDER})
    return Task(
        state=state,
        progress_percent=None if progress is None else round(100 * progress),
        output=output[0],
        failure=failure_of(getattr(found, "failure_code", None)) if state is TaskState.FAILED else None,
        cost_micros=micros(getattr(found, "cost", None)),
    )


def micros(cost: Any) -> int | None:
    """What a cost in credits is in millionths of a US dollar; None where the vendor does not tell."""
    credits = getattr(cost, "credits", None)
    return round(credits * MICROS_PER_CREDIT) if isinstance(credits, int | float) else None
