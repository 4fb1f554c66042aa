from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tests.support.usage_answers.asked import (
    ANSWERABLE,
    FAILED,
    UNTIL,
    Rows,
    grouped,
    hour,
    quantile,
    share,
    within,
)
from tests.support.usage_month import OK, Month, at, usd

QUANTILES: Final = (0.5, 0.9, 0.95, 0.99)


def latency(month: Month) -> Rows:
    answered = [each for each in within(month.requests) if each.outcome == OK]
    rows: Rows = []
    for key, each in grouped(answered, lambda one: (one.service, one.model)).items():
        values = [quantile((one.total_ms for one in each), level) for level in QUANTILES]
        rows.append((*key, len(each), values, *values))
    return rows


def first_token(month: Month) -> Rows:
    calls = [each for each in within(month.calls) if each.first_token_ms]
    return [
        (*key, len(each), *(quantile((one.first_token_ms for one in each), level) for level in (0.5, 0.95)))
        for key, each in grouped(calls, lambda one: (hour(one), one.provider, one.model)).items()
    ]


def tokens_per_second(month: Month) -> Rows:
    calls = [
        each
        for each in within(month.calls)
        if each.outcome == OK and 0 < each.first_token_ms < each.latency_ms and each.output_token_count
    ]
    rows: Rows = []
    for key, each in grouped(calls, lambda one: (one.provider, one.model)).items():
        seconds = sum(one.latency_ms - one.first_token_ms for one in each) / 1000
        rows.append((*key, len(each), round(sum(one.output_token_count for one in each) / seconds, 2)))
    return sorted(rows, key=lambda row: -row[3])


def burn_rate(month: Month) -> Rows:
    requests = [each for each in month.requests if each.outcome in ANSWERABLE]
    rows: Rows = []
    for service, each in grouped(requests, lambda one: one.service).items():
        row: list[float | str | None] = [service]
        for hours in (1, 6, 72):
            last = within(each, UNTIL - timedelta(hours=hours))
            rate = sum(one.outcome in FAILED for one in last) / len(last) if last else None
            row.append(None if rate is None else round(rate / 0.01, 2))
        rows.append(tuple(row))
    return rows


def failover(month: Month) -> Rows:
    groups = grouped(within(month.requests), lambda one: (at(one).date(), one.service))
    return [
        (
            *key,
            len(each),
            share(sum(one.failed_over for one in each), len(each)),
            share(sum(one.retry_count > 0 for one in each), len(each)),
        )
        for key, each in groups.items()
    ]


def releases(month: Month) -> Rows:
    groups = grouped(within(month.requests), lambda one: (one.service, one.header.release))
    return [
        (
            *key,
            len(each),
            share(sum(one.outcome in FAILED for one in each), sum(one.outcome in ANSWERABLE for one in each)),
            quantile((one.total_ms for one in each if one.outcome == OK), 0.95),
            round(sum(map(usd, each)) / len(each), 6),
            min(map(at, each)),
        )
        for key, each in groups.items()
    ]


def waiting(month: Month) -> Rows:
    answered = [each for each in within(month.requests) if each.outcome == OK]
    rows: Rows = []
    for service, each in grouped(answered, lambda one: one.service).items():
        queue = sum(one.queue_ms for one in each) / len(each)
        delivery = sum(one.delivery_ms for one in each) / len(each)
        total = sum(one.total_ms for one in each) / len(each)
        rows.append(
            (service, len(each), round(queue, 1), round(total - queue - delivery, 1), round(delivery, 1))
        )
    return rows


ANSWERS: Final[dict[str, Callable[[Month], Rows]]] = {
    "05_latency": latency,
    "06_first_token": first_token,
    "07_tokens_per_second": tokens_per_second,
    "13_burn_rate": burn_rate,
    "16_failover": failover,
    "21_releases": releases,
    "27_waiting": waiting,
}
