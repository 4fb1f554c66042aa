from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from quartet.common.v1.usage_events_pb2 import JobChanged, JobStep

from tests.support.usage_answers.asked import FROM, UNTIL, Rows, grouped, quantile
from tests.support.usage_month import Month, at

QUEUED, STARTED, SUCCEEDED, FAILED, CANCELLED, DEAD, DELIVERED = (
    JobStep.JOB_STEP_QUEUED,
    JobStep.JOB_STEP_STARTED,
    JobStep.JOB_STEP_SUCCEEDED,
    JobStep.JOB_STEP_FAILED,
    JobStep.JOB_STEP_CANCELLED,
    JobStep.JOB_STEP_DEAD,
    JobStep.JOB_STEP_DELIVERED,
)
ENDED: Final = (SUCCEEDED, FAILED, CANCELLED, DEAD)
Job = dict[JobStep.ValueType, JobChanged]


def funnel(month: Month) -> Rows:
    rows: Rows = []
    for day, jobs in grouped(_jobs(month), lambda job: at(job[QUEUED]).date()).items():
        counts = [sum(step in job for job in jobs) for step in (STARTED, SUCCEEDED, DELIVERED)]
        ends = [sum(step in job for job in jobs) for step in (FAILED, CANCELLED, DEAD)]
        rows.append((day, len(jobs), *counts, *ends))
    return rows


def times(month: Month) -> Rows:
    delivered = [job for job in _jobs(month) if DELIVERED in job]
    rows: Rows = []
    for model, jobs in grouped(delivered, lambda job: job[QUEUED].model).items():
        waits = [_seconds(job, QUEUED, STARTED) for job in jobs]
        runs = [_seconds(job, STARTED, SUCCEEDED) for job in jobs]
        deliveries = [_seconds(job, SUCCEEDED, DELIVERED) for job in jobs]
        rows.append(
            (
                model,
                len(jobs),
                *(quantile(waits, level) for level in (0.5, 0.95)),
                *(quantile(runs, level) for level in (0.5, 0.95)),
                quantile(deliveries, 0.95),
            )
        )
    return rows


def stuck(month: Month) -> Rows:
    rows: Rows = []
    for job in _jobs(month):
        last = STARTED if STARTED in job else QUEUED
        moved_at = at(job[last])
        if set(job) & set(ENDED) or at(job[QUEUED]) < UNTIL - timedelta(days=2):
            continue
        if moved_at < UNTIL - timedelta(minutes=15):
            name = "started" if last == STARTED else "queued"
            attempts = int(STARTED in job)
            idle_minutes = int((UNTIL - _floor(moved_at)).total_seconds() // 60)
            rows.append((job[QUEUED].job_id, "video", name, attempts, at(job[QUEUED]), idle_minutes))
    return sorted(rows, key=lambda row: (-row[5], row[0]))


def _jobs(month: Month) -> list[Job]:
    jobs: dict[str, Job] = {}
    for each in month.jobs:
        jobs.setdefault(each.job_id, {})[each.step] = each
    return [job for job in jobs.values() if FROM <= at(job[QUEUED]) < UNTIL]


def _seconds(job: Job, begin: JobStep.ValueType, end: JobStep.ValueType) -> float:
    return (at(job[end]) - at(job[begin])).total_seconds()


def _floor(time: datetime) -> datetime:
    """dateDiff counts the boundaries of minutes that lie between."""
    return time.replace(second=0, microsecond=0)


ANSWERS: Final[dict[str, Callable[[Month], Rows]]] = {
    "18_video_funnel": funnel,
    "19_video_times": times,
    "20_stuck_jobs": stuck,
}
