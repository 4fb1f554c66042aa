import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from services.admin.clickhouse import Database
from services.admin.questions import Questions, shipped
from tests.load.figures import Figures, milliseconds, percentile
from tests.support.grafana import Moments, dashboards, expanded
from tests.support.grafana import questions as grafana_questions

ROUNDS: Final = 7
SPANS: Final = {"day": timedelta(days=1), "month": timedelta(days=30)}
POINTS: Final = 500
PRODUCTION: Final = {"environment": ["production"], "service": []}


async def asking(database: Database) -> Figures:
    """How long analysts and dashboards wait for answers about the last day and the last month."""
    until = datetime.now(UTC)
    questions = await _questions_p95_ms(database, until)
    panels = await _panels_p95_ms(database, until)
    return {
        "question_p95_ms": questions,
        "slowest_question": {span: _slowest(each) for span, each in questions.items()},
        "dashboard_p95_ms": {span: _slowest_by_dashboard(each) for span, each in panels.items()},
        "panels_over_a_second": {
            span: sum(ms > 1000 for ms in each.values()) for span, each in panels.items()
        },
    }


async def _questions_p95_ms(database: Database, until: datetime) -> dict[str, dict[str, float]]:
    questions = Questions(database, shipped())
    p95_ms: dict[str, dict[str, float]] = {span: {} for span in SPANS}
    for question in questions.all():
        for name, span in SPANS.items():
            ask = partial(questions.ask, question.question_id, until - span, until)
            p95_ms[name][question.question_id] = await _p95_ms(ask)
    return p95_ms


async def _panels_p95_ms(database: Database, until: datetime) -> dict[str, dict[str, float]]:
    """Every query of every dashboard, as a screen asks it."""
    p95_ms: dict[str, dict[str, float]] = {span: {} for span in SPANS}
    for dashboard, content in dashboards().items():
        for place, sql in grafana_questions(content):
            for name, span in SPANS.items():
                moments = Moments(until - span, until, interval_seconds=int(span.total_seconds()) // POINTS)
                ask = partial(database.query, expanded(sql, moments, PRODUCTION))
                p95_ms[name][f"{dashboard}: {place}"] = await _p95_ms(ask)
    return p95_ms


async def _p95_ms(ask: Callable[[], Awaitable[Any]]) -> float:
    taken: list[float | None] = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        await ask()
        taken.append(time.monotonic() - began)
    return milliseconds(percentile(taken, 95)) or 0.0


def _slowest(p95_ms: Mapping[str, float]) -> tuple[str, float]:
    return max(p95_ms.items(), key=lambda item: item[1])


def _slowest_by_dashboard(p95_ms: Mapping[str, float]) -> dict[str, float]:
    """The slowest panel of each dashboard, and how long it takes."""
    return dict(
        _slowest({place: ms for place, ms in p95_ms.items() if place.startswith(f"{name}: ")})
        for name in dashboards()
    )
