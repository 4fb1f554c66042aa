from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.admin.clickhouse import Database
from tests.support.clickhouse import month_database
from tests.support.usage_month import Month, synthetic_month


@pytest.fixture(scope="package")
def month() -> Month:
    """What happened in a month that is the same for all."""
    return synthetic_month()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def database(tmp_path_factory: pytest.TempPathFactory, month: Month) -> AsyncIterator[Database]:
    """ClickHouse with that month in it. Only to be read."""
    async with month_database(tmp_path_factory.mktemp("clickhouse"), month.arrivals()) as opened:
        yield opened
