from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from tests.support.usage_answers.asked import ANSWERABLE, FROM, UNTIL, Rows, grouped, hour, share, within
from tests.support.usage_month import OK, REFUSED, Month, at

WEEK: Final = timedelta(days=7)
PATH: Final = ("text", "image", "docs", "video")


def traffic(month: Month) -> Rows:
    groups = grouped(within(month.requests), lambda each: (hour(each), each.service))
    return [
        (
            *key,
            len(requests),
            share(
                sum(each.outcome == OK for each in requests),
                sum(each.outcome in ANSWERABLE for each in requests),
            ),
        )
        for key, requests in groups.items()
    ]


def active_users(month: Month) -> Rows:
    users = _users_by_day(month)
    rows: Rows = []
    for day in _days():
        counts = [
            len(set().union(*(users.get(day - timedelta(days=n), ()) for n in range(length))))
            for length in (1, 7, 30)
        ]
        rows.append((day, *counts, share(counts[0], counts[2])))
    return rows


def new_and_returning(month: Month) -> Rows:
    first = _first_days(month)
    users = _users_by_day(month)
    return [
        (day, sum(first[user] == day for user in users[day]), sum(first[user] < day for user in users[day]))
        for day in _days()
    ]


def retention(month: Month) -> Rows:
    first = _first_days(month)
    cohorts: dict[tuple[date, int], set[int]] = {}
    for day, users in _users_by_day(month).items():
        for user in users:
            if FROM.date() <= first[user] < UNTIL.date():
                cohort = _monday(first[user])
                week = (_monday(day) - cohort) // WEEK
                cohorts.setdefault((cohort, week), set()).add(user)
    return [
        (cohort, week, len(users), share(len(users), len(cohorts[cohort, 0])))
        for (cohort, week), users in sorted(cohorts.items())
    ]


def adoption_path(month: Month) -> Rows:
    steps: dict[int, list[tuple[float, int]]] = {}
    firsts: dict[tuple[int, date, str], float] = {}
    for each in month.requests:
        if each.user_key and each.outcome == OK and FROM.date() <= at(each).date() <= UNTIL.date():
            key = (each.user_key, at(each).date(), each.service)
            firsts[key] = min(firsts.get(key, 1e12), at(each).timestamp() // 1)
    for (user, _, service), second in firsts.items():
        steps.setdefault(user, []).append((second, PATH.index(service)))
    levels = Counter(_level(sorted(each)) for each in steps.values())
    return sorted(levels.items())


def hours_of_the_week(month: Month) -> Rows:
    groups = grouped(within(month.requests), lambda each: (at(each).isoweekday(), at(each).hour))
    return [
        (*key, len(each), share(sum(one.outcome == REFUSED for one in each), len(each)))
        for key, each in groups.items()
    ]


def audience(month: Month) -> Rows:
    groups = grouped(within(month.requests), lambda each: (each.language_code, each.chat_type))
    rows = [(*key, len(each), len({one.user_key for one in each} - {0})) for key, each in groups.items()]
    return sorted(rows, key=lambda row: -row[2])


def limits(month: Month) -> Rows:
    groups = grouped(within(month.refusals), lambda each: (each.quota, each.plan))
    rows = [(*key, len(each), len({one.user_key for one in each} - {0})) for key, each in groups.items()]
    return sorted(rows, key=lambda row: -row[2])


def _level(steps: list[tuple[float, int]]) -> int:
    best = 0
    for index, (began, level) in enumerate(steps):
        if level == 0:
            reached = 1
            for second, service in steps[index:]:
                if service == reached and second <= began + WEEK.total_seconds():
                    reached += 1
            best = max(best, reached)
    return best


def _users_by_day(month: Month) -> dict[date, set[int]]:
    users: dict[date, set[int]] = {}
    for each in month.requests:
        if each.user_key:
            users.setdefault(at(each).date(), set()).add(each.user_key)
    return users


def _first_days(month: Month) -> dict[int, date]:
    first: dict[int, date] = {}
    for day, users in sorted(_users_by_day(month).items()):
        for user in users:
            first.setdefault(user, day)
    return first


def _days() -> list[date]:
    return [FROM.date() + timedelta(days=number) for number in range((UNTIL.date() - FROM.date()).days + 1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


ANSWERS: Final[dict[str, Callable[[Month], Rows]]] = {
    "01_traffic": traffic,
    "02_active_users": active_users,
    "03_new_and_returning": new_and_returning,
    "04_retention": retention,
    "23_adoption_path": adoption_path,
    "24_limits": limits,
    "25_hours_of_the_week": hours_of_the_week,
    "26_audience": audience,
}
