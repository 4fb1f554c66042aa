from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, TypedDict

from quartet.video.v1 import video_job_pb2 as pb

from tests.support.telegram import Json

TERMINAL: Final = (pb.VIDEO_JOB_STATE_SUCCEEDED, pb.VIDEO_JOB_STATE_FAILED, pb.VIDEO_JOB_STATE_CANCELLED)
UNKNOWN: Final = "ERROR_REASON_SUBMISSION_UNKNOWN"


class Verdict(TypedDict):
    """What came of a run. All is well where `faults` is empty."""

    seed: int
    jobs: int
    kills: int
    seconds: float
    terminal: int
    results_seen: int
    doubled: int
    max_tasks_per_job: int
    submission_unknown: int
    succeeded: int
    failed: int
    cancelled: int
    faults: list[str]


def judge(
    *,
    seed: int,
    kills: int,
    seconds: float,
    ordered: int,
    jobs: Sequence[pb.VideoJob],
    results: Mapping[int, Sequence[Json]],
    tasks: Counter[str],
) -> Verdict:
    """Compare what was ordered, what the service says, what the users see and what the vendor has made."""
    states = Counter(job.state for job in jobs)
    seen = sum(1 for messages in results.values() if messages)
    doubled = sum(len(messages) > 1 for messages in results.values())
    terminal = sum(states[state] for state in TERMINAL)
    most = max(tasks.values(), default=0)
    checks = {
        f"{ordered} orders, {len(jobs)} jobs": len(jobs) == ordered,
        f"{len(jobs) - terminal} jobs have not ended": terminal == len(jobs),
        f"{ordered - seen} users see no result": seen == ordered,
        f"{doubled} users see more than one": doubled == 0,
        f"{most} tasks for one job": most <= 1,
        **dict.fromkeys(_disagreements(jobs, results), False),
    }
    return Verdict(
        seed=seed,
        jobs=len(jobs),
        kills=kills,
        seconds=round(seconds, 1),
        terminal=terminal,
        results_seen=seen,
        doubled=doubled,
        max_tasks_per_job=most,
        submission_unknown=sum(UNKNOWN in str(job.error) for job in jobs),
        succeeded=states[pb.VIDEO_JOB_STATE_SUCCEEDED],
        failed=states[pb.VIDEO_JOB_STATE_FAILED],
        cancelled=states[pb.VIDEO_JOB_STATE_CANCELLED],
        faults=[text for text, is_well in checks.items() if not is_well],
    )


def _disagreements(jobs: Sequence[pb.VideoJob], results: Mapping[int, Sequence[Json]]) -> list[str]:
    """Where a user sees a video and the service knows of none, or the other way round."""
    wrong = []
    for job in jobs:
        shown = any("video" in message for message in results.get(job.caller.user_id, ()))
        if shown != (job.state == pb.VIDEO_JOB_STATE_SUCCEEDED):
            wrong.append(f"job {job.job_id} is {pb.VideoJobState.Name(job.state)}, a video is shown: {shown}")
    return wrong
