import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from services.admin.clickhouse import Database, StatementRefused
from services.admin.metrics import AdminMetrics
from services.chassis.errors import ServiceUnavailable
from services.chassis.signals import is_set_within

log = structlog.get_logger()

# What comes late, after an outage of a day, is still counted in its hour.
WINDOW: Final = timedelta(hours=26)
BEGIN: Final = """
SELECT if(count() = 0, (SELECT min(ts) FROM requests), least(max(hour), {latest:DateTime}))
FROM rollup_hour
"""
HOURS: Final = """
INSERT INTO rollup_hour
SELECT
    toStartOfHour(ts) AS hour, environment, release, service, command, provider, model, plan,
    count(), countIf(outcome = 'ok'), countIf(outcome IN ('error', 'timeout')),
    countIf(outcome = 'cancelled'), countIf(outcome = 'refused'), countIf(failed_over),
    sum(input_tokens), sum(output_tokens), sum(cost_usd),
    uniqStateIf(user_key, user_key != 0),
    quantilesTDigestState(0.5, 0.9, 0.95, 0.99)(total_ms),
    quantilesTDigestStateIf(0.5, 0.9, 0.95, 0.99)(first_token_ms, first_token_ms > 0),
    {computed_at:DateTime64(3)}
FROM v_requests
WHERE ts >= toStartOfHour({begin:DateTime})
GROUP BY hour, environment, release, service, command, provider, model, plan
"""
DAYS: Final = """
INSERT INTO rollup_user_day
SELECT
    toDate(ts) AS day, environment, user_key, service,
    count(), countIf(outcome = 'ok'), sum(cost_usd), toDateTime(minIf(ts, outcome = 'ok')),
    {computed_at:DateTime64(3)}
FROM v_requests
WHERE user_key != 0 AND ts >= toStartOfDay({begin:DateTime})
GROUP BY day, environment, user_key, service
"""


class Rollups:
    """Sums up the latest hours and days again and again, each time anew: doing it twice changes nothing."""

    def __init__(self, database: Database, metrics: AdminMetrics, *, interval_seconds: float) -> None:
        self._database = database
        self._metrics = metrics
        self._interval_seconds = interval_seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Sum up until `stop` is set. What fails is done by the next round."""
        while not stop.is_set():
            try:
                await self.sum_up()
            except (ServiceUnavailable, StatementRefused) as error:
                self._metrics.rollups.labels(outcome="failed").inc()
                log.warning("rollup_failed", error=str(error))
            else:
                self._metrics.rollups.labels(outcome="done").inc()
            await is_set_within(stop, self._interval_seconds)

    async def sum_up(self) -> None:
        """Sum up from where the last round may have seen too little. Raises what the database raises."""
        now = datetime.now(UTC)
        answer = await self._database.query(BEGIN, {"latest": _text(now - WINDOW)})
        begin: datetime = answer.rows[0][0]
        parameters = {"begin": _text(begin), "computed_at": f"{_text(now)}.{now.microsecond // 1000:03}"}
        for statement in (HOURS, DAYS):
            await self._database.command(statement, parameters)


def _text(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
