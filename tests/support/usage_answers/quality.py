from collections.abc import Callable
from typing import Any, Final

import pytest
from quartet.common.v1.error_reason_pb2 import ErrorReason

from tests.support.usage_answers.asked import ANSWERABLE, FAILED, Rows, grouped, quantile, share, within
from tests.support.usage_month import OK, Month, at, usd

# Rollups hold digests, not values, and a day has a few hundred.
ABOUT: Final = 0.08


def errors(month: Month) -> Rows:
    failed = [each for each in within(month.requests) if each.outcome in FAILED]
    rows: Rows = []
    for (service, reason), each in grouped(failed, lambda one: (one.service, one.error_reason)).items():
        name = ErrorReason.Name(reason).removeprefix("ERROR_REASON_").lower()
        first, last = min(each, key=at), max(each, key=at)
        users = len({one.user_key for one in each} - {0})
        rows.append((service, name, len(each), users, at(first), at(last), last.trace_id))
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def volume(month: Month) -> Rows:
    priced: dict[str, list[Any]] = {
        "requests": within(month.requests),
        "model_calls": within(month.calls),
    }
    others: dict[str, list[Any]] = {
        "job_changes": within(month.jobs),
        "feedback": within(month.feedback),
        "refusals": within(month.refusals),
    }
    rows: Rows = [(kind, len(events), sum(map(usd, events))) for kind, events in priced.items()]
    return sorted([*rows, *((kind, len(events), 0.0) for kind, events in others.items())])


def long_term(month: Month) -> Rows:
    rows: Rows = []
    for day, each in grouped(within(month.requests), lambda one: at(one).date()).items():
        answerable = sum(one.outcome in ANSWERABLE for one in each)
        p95 = quantile((one.total_ms for one in each), 0.95)
        rows.append(
            (
                day,
                len(each),
                len({one.user_key for one in each} - {0}),
                share(sum(one.outcome == OK for one in each), answerable),
                pytest.approx(p95, rel=ABOUT),
                sum(map(usd, each)),
            )
        )
    return rows


ANSWERS: Final[dict[str, Callable[[Month], Rows]]] = {
    "12_errors": errors,
    "29_volume": volume,
    "30_long_term": long_term,
}
