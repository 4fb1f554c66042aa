from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.admin.clickhouse import Database
from tests.support.clickhouse import month_database
from tests.support.grafana import Moments, Selection, dashboards, expanded, questions
from tests.support.usage_answers.asked import FROM, UNTIL
from tests.support.usage_month import synthetic_month

pytestmark = pytest.mark.asyncio(loop_scope="module")
DASHBOARDS = dashboards()
EVERYTHING: Selection = {"environment": ["production"], "service": []}
VIDEOS: Selection = {"environment": ["production"], "service": ["video", "text"]}
MONTH = Moments(FROM, UNTIL, interval_seconds=3600)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with month_database(tmp_path_factory.mktemp("clickhouse"), synthetic_month().arrivals()) as opened:
        yield opened


@pytest.mark.parametrize("selection", [EVERYTHING, VIDEOS], ids=["everything", "two services"])
@pytest.mark.parametrize("name", DASHBOARDS)
async def test_every_query_of_a_dashboard_answers_about_the_month(
    database: Database, name: str, selection: Selection
) -> None:
    for place, sql in questions(DASHBOARDS[name]):
        answer = await database.query(expanded(sql, MONTH, selection))

        assert answer.rows, f"{name}, {place}: no rows"
        shown = [cell for row in answer.rows for cell in row[1:] or row]
        assert any(cell is not None and cell == cell for cell in shown), f"{name}, {place}: nothing to show"


@pytest.mark.parametrize("name", DASHBOARDS)
async def test_a_time_in_which_nothing_happened_is_no_error(database: Database, name: str) -> None:
    long_ago = Moments(FROM.replace(year=2025), UNTIL.replace(year=2025))
    for _, sql in questions(DASHBOARDS[name]):
        await database.query(expanded(sql, long_ago, EVERYTHING))
