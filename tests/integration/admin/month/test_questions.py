from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from services.admin.clickhouse import Database
from services.admin.metrics import AdminMetrics
from services.admin.questions import Questions, shipped
from services.admin.usage.rollups import Rollups
from services.chassis.errors import ResourceNotFound
from tests.support.usage_answers import ANSWERS
from tests.support.usage_answers.asked import FROM, UNTIL, within
from tests.support.usage_month import OK, Month

pytestmark = pytest.mark.asyncio(loop_scope="package")
IN_ANY_ORDER = ("28_data_quality", "29_volume")


async def _ask(database: Database, question_id: str) -> list[tuple[Any, ...]]:
    answer = await Questions(database, shipped()).ask(question_id, FROM, UNTIL)
    return sorted(answer.rows) if question_id in IN_ANY_ORDER else answer.rows


def _about(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-6, abs=1.1e-4) if isinstance(expected, float) else expected


def _plain(cell: Any) -> Any:
    return float(cell) if isinstance(cell, Decimal) else cell


@pytest.mark.parametrize("question_id", sorted(ANSWERS))
async def test_a_question_about_a_known_month_has_the_known_answer(
    database: Database, month: Month, question_id: str
) -> None:
    expected = [tuple(map(_about, row)) for row in ANSWERS[question_id](month)]

    answered = [tuple(map(_plain, row)) for row in await _ask(database, question_id)]

    assert len(answered) == len(expected) > 0
    assert answered == expected


async def test_the_quality_of_a_month_with_repeated_and_superseded_events_is_told(
    database: Database, month: Month
) -> None:
    checks = dict(await _ask(database, "28_data_quality"))

    calls = within(month.calls)
    assert checks.pop("superseded_rows") > 100
    assert checks.pop("ingest_p95_ms") < 60_000
    assert checks == {
        "calls_without_request": 0,
        "calls_without_price": sum(not call.HasField("cost_micros") for call in calls if call.outcome == OK),
        "calls_estimated": sum(call.estimated for call in calls),
        "requests_without_user": sum(not request.user_key for request in within(month.requests)),
    }


async def test_every_question_of_the_release_is_asked_here() -> None:
    assert shipped().keys() == {*ANSWERS, "28_data_quality"}


async def test_a_span_without_events_has_an_answer_too(database: Database) -> None:
    questions = Questions(database, shipped())
    for question in questions.all():
        await questions.ask(
            question.question_id, datetime(2021, 1, 1, tzinfo=FROM.tzinfo), FROM.replace(year=2022)
        )


async def test_a_question_that_nobody_wrote_is_not_found(database: Database) -> None:
    with pytest.raises(ResourceNotFound):
        await Questions(database, shipped()).ask("../00_secrets", FROM, UNTIL)


async def test_summing_up_again_and_late_events_leave_sums_as_they_should_be(
    database: Database, month: Month
) -> None:
    before = await _ask(database, "30_long_term")
    assert before[0][0] == date(2026, 9, 3)
    rollups = Rollups(database, AdminMetrics(CollectorRegistry()), interval_seconds=1.0)
    await rollups.sum_up()
    await rollups.sum_up()
    assert await _ask(database, "30_long_term") == before
