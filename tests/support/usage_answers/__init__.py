"""What the questions about the synthetic month must answer, worked out without any SQL."""

from tests.support.usage_answers import activity, cost, jobs, latency, quality

ANSWERS = {**activity.ANSWERS, **cost.ANSWERS, **jobs.ANSWERS, **latency.ANSWERS, **quality.ANSWERS}
