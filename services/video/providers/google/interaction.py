from typing import Any, Final

from services.chassis.errors import ProviderInterrupted, ProviderUnavailable, QuartetError
from services.providers.google.errors import PROVIDER
from services.video.providers.base import Task, TaskState
from services.video.providers.google.errors import failure_of

STATES: Final = {
    "queued": TaskState.WAITING,
    "in_progress": TaskState.RUNNING,
    "completed": TaskState.SUCCEEDED,
    "failed": TaskState.FAILED,
    "cancelled": TaskState.CANCELLED,
    # It has stopped, and what would be needed to go on is not known here.
    "incomplete": TaskState.FAILED,
    "requires_action": TaskState.FAILED,
    "requires_continuation": TaskState.FAILED,
    "budget_exceeded": TaskState.FAILED,
}
INLINE: Final = "inline:"
"""Begins the output of a task whose video comes along with it: the rest names the task."""


def task_of(found: Any, task_id: str) -> Task:
    """Read what the vendor says of an interaction. Raises ProviderUnavailable where that is no sense."""
    state = STATES.get(str(found.status))
    if state is None:
        raise ProviderUnavailable("google named a state that is not known", metadata={"provider": PROVIDER})
    tokens = (found.usage.total_output_tokens if found.usage else None) or 0
    if state is TaskState.FAILED:
        return Task(state, failure=_failure(found), output_token_count=tokens)
    output = _output(found, task_id) if state is TaskState.SUCCEEDED else ""
    if state is TaskState.SUCCEEDED and not output:
        # It has ended without one: in words, mostly, that say why not.
        silent = ProviderInterrupted("google made no video", metadata={"provider": PROVIDER})
        return Task(TaskState.FAILED, failure=silent, output_token_count=tokens)
    return Task(state, output=output, output_token_count=tokens)


def video_of(found: Any) -> Any:
    """The video of an interaction: the last one that its steps show."""
    if found.output_video is not None:
        return found.output_video
    contents = [
        content
        for step in found.steps or ()
        if getattr(step, "type", "") == "model_output"
        for content in step.content or ()
    ]
    return next((each for each in reversed(contents) if getattr(each, "type", "") == "video"), None)


def _output(found: Any, task_id: str) -> str:
    video = video_of(found)
    if video is None:
        return ""
    return str(video.uri) if video.uri else (f"{INLINE}{task_id}" if video.data else "")


def _failure(found: Any) -> QuartetError:
    told = (found.errors or [None])[-1]
    if told is not None:
        return failure_of(told.code or "", told.message or "")
    for step in found.steps or ():
        error = getattr(step, "error", None)
        if error is not None:
            return failure_of(str(error.code or ""), error.message or "")
    return failure_of(str(found.status), "")
