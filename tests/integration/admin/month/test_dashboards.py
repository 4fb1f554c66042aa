import pytest

from services.admin.clickhouse import Database
from tests.support.grafana import Moments, Selection, dashboards, expanded, questions
from tests.support.usage_answers.asked import FROM, UNTIL

pytestmark = pytest.mark.asyncio(loop_scope="package")
DASHBOARDS = dashboards()
EVERYTHING: Selection = {"environment": ["production"], "service": []}
TWO_SERVICES: Selection = {"environment": ["production"], "service": ["video", "text"]}
MONTH = Moments(FROM, UNTIL, interval_seconds=3600)


@pytest.mark.parametrize("name", DASHBOARDS)
async def test_every_query_of_a_dashboard_answers_about_the_month(database: Database, name: str) -> None:
    for selection in (EVERYTHING, TWO_SERVICES):
        for place, sql in questions(DASHBOARDS[name]):
            if selection is TWO_SERVICES and "${service:" not in sql:
                continue
            answer = await database.query(expanded(sql, MONTH, selection))

            assert answer.rows, f"{name}, {place}: no rows"
            shown = [cell for row in answer.rows for cell in row[1:] or row]
            assert any(cell is not None and cell == cell for cell in shown), (
                f"{name}, {place}: nothing to show"
            )


@pytest.mark.parametrize("name", DASHBOARDS)
async def test_a_time_in_which_nothing_happened_is_no_error(database: Database, name: str) -> None:
    long_ago = Moments(FROM.replace(year=2025), UNTIL.replace(year=2025))
    asked = [sql for place, sql in questions(DASHBOARDS[name]) if place.startswith("panel")]
    for sql in asked:
        await database.query(expanded(sql, long_ago, EVERYTHING))
