from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from tests.support.usage_answers.asked import FAILED, FROM, UNTIL, Rows, grouped, quantile, share, within
from tests.support.usage_month import BEGIN, OK, Month, at, usd


def spend(month: Month) -> Rows:
    days = grouped(within(month.calls, BEGIN), lambda one: (at(one).date(), one.provider, one.model))
    so_far: dict[tuple[str, str], float] = defaultdict(float)
    rows: Rows = []
    for (day, *model), calls in days.items():
        cost = sum(map(usd, calls))
        so_far[tuple(model)] += cost
        if day >= FROM.date():
            rows.append((day, *model, cost, so_far[tuple(model)]))
    return rows


def unit_economics(month: Month) -> Rows:
    cost_of: dict[str, float] = defaultdict(float)
    for call in within(month.calls, FROM, UNTIL + timedelta(days=1)):
        cost_of[call.request_id] += usd(call)
    rows: Rows = []
    for key, each in grouped(within(month.requests), lambda one: (one.plan, one.service)).items():
        cost = sum(cost_of[one.header.event_id] for one in each)
        answers = sum(one.outcome == OK for one in each)
        users = len({one.user_key for one in each} - {0})
        rows.append((*key, answers, cost, share(cost, answers, 6), share(cost, users, 6)))
    return rows


def spend_concentration(month: Month) -> Rows:
    costs = sorted(_by_user(month).values(), reverse=True)
    total = sum(costs)
    shares = [share(sum(costs[: max(1, len(costs) // part)]), total) for part in (100, 10)]
    return [(len(costs), *shares)]


def top_users(month: Month) -> Rows:
    calls = Counter(each.user_key for each in within(month.calls))
    ordered = sorted(_by_user(month).items(), key=lambda item: (-round(item[1], 6), item[0]))
    return [(str(user), calls[user], cost) for user, cost in ordered[:50]]


def wasted_spend(month: Month) -> Rows:
    rows: Rows = []
    for key, each in grouped(within(month.calls), lambda one: (at(one).date(), one.provider)).items():
        cost = sum(map(usd, each))
        wasted = sum(usd(one) for one in each if one.wasted or one.outcome in FAILED)
        rows.append((*key, cost, wasted, share(wasted, cost)))
    return rows


def provider_health(month: Month) -> Rows:
    rows: Rows = []
    for key, each in grouped(within(month.calls), lambda one: (one.provider, one.model)).items():
        failed = [one for one in each if one.outcome in FAILED]
        rows.append(
            (
                *key,
                len(each),
                share(len(failed), len(each)),
                share(sum(one.http_status == 429 for one in each), len(each)),
                share(sum(one.attempt > 1 for one in each), len(each)),
                sum(map(usd, failed)),
            )
        )
    return sorted(rows, key=lambda row: -row[2])


def prompt_cache(month: Month) -> Rows:
    calls = [each for each in within(month.calls) if each.input_token_count]
    rows: Rows = []
    for key, each in grouped(calls, lambda one: (one.provider, one.model)).items():
        tokens = sum(one.input_token_count for one in each)
        rows.append((*key, tokens, share(sum(one.cached_input_token_count for one in each), tokens)))
    return rows


def satisfaction(month: Month) -> Rows:
    requests = grouped(within(month.requests), lambda one: one.model)
    votes = grouped((one for one in within(month.feedback) if one.value), lambda one: one.model)
    rows: Rows = []
    for model, each in votes.items():
        asked: list[Any] = requests.get(model, [])
        per_answer = share(sum(map(usd, asked)), sum(one.outcome == OK for one in asked), 6)
        rows.append((model, len(each), share(sum(one.value > 0 for one in each), len(each)), per_answer))
    return sorted(rows, key=lambda row: -row[2])


def satisfaction_by_release(month: Month) -> Rows:
    release_of = {one.header.event_id: one.header.release for one in within(month.requests)}
    votes = [one for one in within(month.feedback) if one.value and one.request_id in release_of]
    groups = grouped(votes, lambda one: (release_of[one.request_id], one.model))
    return [
        (*key, len(each), share(sum(one.value > 0 for one in each), len(each)))
        for key, each in groups.items()
    ]


def focus_group(month: Month) -> Rows:
    votes = {one.request_id: one.value for one in within(month.feedback) if one.value}
    rows: Rows = []
    for is_focus, each in grouped(within(month.requests), lambda one: "group" in one.attributes).items():
        waits = [one.total_ms for one in each if one.outcome == OK]
        failed = sum(one.outcome in FAILED for one in each)
        opinions = [votes[one.header.event_id] for one in each if one.header.event_id in votes]
        rows.append(
            (
                "focus" if is_focus else "others",
                len({one.user_key for one in each} - {0}),
                len(each),
                share(failed, len(each)),
                round(quantile(waits, 0.95) / 1000, 3),
                len(opinions),
                share(sum(value > 0 for value in opinions), len(opinions)),
            )
        )
    return rows[::-1]


def _by_user(month: Month) -> dict[int, float]:
    costs: dict[int, float] = defaultdict(float)
    for each in within(month.calls):
        if each.user_key:
            costs[each.user_key] += usd(each)
    return costs


ANSWERS: Final[dict[str, Callable[[Month], Rows]]] = {
    "08_spend": spend,
    "09_unit_economics": unit_economics,
    "10_spend_concentration": spend_concentration,
    "11_top_users": top_users,
    "14_provider_health": provider_health,
    "15_wasted_spend": wasted_spend,
    "17_prompt_cache": prompt_cache,
    "22_satisfaction": satisfaction,
    "31_focus_group": focus_group,
    "32_satisfaction_by_release": satisfaction_by_release,
}
