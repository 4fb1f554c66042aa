from typing import Any, Final
from uuid import UUID

from services.admin.clickhouse import Answer, Database

RECENT: Final = """
SELECT event_id, ts, service, command, outcome, error_reason, provider, model, total_ms, release, trace_id
FROM v_requests
WHERE environment = {environment:String} AND ts >= now() - INTERVAL 7 DAY AND outcome IN ('error', 'timeout')
    AND ({service:String} = '' OR service = {service:String})
    AND ({reason:String} = '' OR error_reason = {reason:String})
ORDER BY ts DESC
LIMIT {most:UInt32}
"""
REASONS: Final = """
SELECT error_reason, count() AS requests, uniq(user_key) AS users, max(ts) AS last_at
FROM v_requests
WHERE environment = {environment:String} AND ts >= now() - INTERVAL 7 DAY AND outcome IN ('error', 'timeout')
GROUP BY error_reason
ORDER BY requests DESC
LIMIT 30
"""
REQUEST: Final = """
SELECT event_id, ts, service, command, outcome, error_reason, provider, model, release, language, chat_type,
    failed_over, retries, queue_ms, first_token_ms, total_ms, delivery_ms, input_chars, output_chars,
    attachment_bytes, cost_usd, trace_id, user_key
FROM v_requests
WHERE event_id = {event_id:UUID}
"""
CALLS: Final = """
SELECT ts, operation, provider, model, attempt, outcome, error_reason, http_status, finish_reason, latency_ms,
    first_token_ms, input_tokens, output_tokens, cost_usd, is_wasted
FROM v_model_calls
WHERE request_id = {event_id:UUID}
ORDER BY ts, attempt
LIMIT 100
"""
OF_USER: Final = """
SELECT event_id, ts, service, command, outcome, error_reason, provider, model, total_ms, cost_usd, trace_id
FROM v_requests
WHERE environment = {environment:String} AND user_key = {user_key:UInt64} AND ts >= now() - INTERVAL 90 DAY
ORDER BY ts DESC
LIMIT {most:UInt32}
"""
ACTIVE: Final = """
SELECT user_key, count() AS requests, countIf(outcome IN ('error', 'timeout')) AS failed,
    sum(cost_usd) AS spent,
    argMax(language, ts) AS language, max(ts) AS last_at
FROM v_requests
WHERE environment = {environment:String} AND ts >= now() - INTERVAL 7 DAY AND user_key != 0
GROUP BY user_key
ORDER BY requests DESC
LIMIT {most:UInt32}
"""
BY_SERVICE: Final = """
SELECT service, count() AS requests, countIf(outcome IN ('error', 'timeout')) AS failed,
    sum(cost_usd) AS spent,
    max(ts) AS last_at
FROM v_requests
WHERE environment = {environment:String} AND user_key = {user_key:UInt64} AND ts >= now() - INTERVAL 30 DAY
GROUP BY service
ORDER BY requests DESC
"""
FEEDBACK_OF: Final = """
SELECT ts, service, provider, model, kind, value, request_id
FROM v_feedback
WHERE environment = {environment:String} AND request_id IN (
    SELECT event_id FROM requests
    WHERE environment = {environment:String} AND user_key = {user_key:UInt64}
        AND ts >= now() - INTERVAL 90 DAY
)
ORDER BY ts DESC
LIMIT 30
"""
VENDORS: Final = """
SELECT provider, model, arraySort(groupUniqArray(service)) AS services, count() AS calls,
    countIf(outcome = 'ok') / nullIf(countIf(outcome IN ('ok', 'error', 'timeout')), 0) AS success,
    quantile(0.95)(latency_ms) AS p95_ms, sum(cost_usd) AS spent, max(ts) AS last_at,
    argMaxIf(error_reason, ts, outcome IN ('error', 'timeout')) AS last_reason,
    maxIf(ts, outcome IN ('error', 'timeout')) AS last_failed_at
FROM v_model_calls
WHERE environment = {environment:String} AND ts >= now() - INTERVAL {hours:UInt32} HOUR AND provider != ''
GROUP BY provider, model
ORDER BY provider, calls DESC
"""

Row = dict[str, Any]


class Records:
    """What pages look up in ClickHouse: rows of what happened, without texts and without people.

    Methods raise ServiceUnavailable while ClickHouse is away.
    """

    def __init__(self, database: Database, environment: str) -> None:
        self._database = database
        self._environment = environment

    async def failures(self, *, service: str, reason: str, most: int) -> list[Row]:
        """The requests of a week that failed, the latest first."""
        parameters = {"service": service, "reason": reason, "most": most}
        return (await self._ask(RECENT, parameters)).dicts()

    async def reasons(self) -> list[Row]:
        """Why requests of a week failed, the most frequent reason first."""
        return (await self._ask(REASONS, {})).dicts()

    async def request(self, event_id: UUID) -> Row | None:
        rows = (await self._ask(REQUEST, {"event_id": str(event_id)})).dicts()
        return rows[0] if rows else None

    async def calls(self, event_id: UUID) -> list[Row]:
        """What vendors were asked for a request."""
        return (await self._ask(CALLS, {"event_id": str(event_id)})).dicts()

    async def of_user(self, user_key: int, *, most: int) -> list[Row]:
        """The latest requests of a user."""
        return (await self._ask(OF_USER, {"user_key": user_key, "most": most})).dicts()

    async def active(self, *, most: int) -> list[Row]:
        """The users who asked most in a week, by their keys."""
        return (await self._ask(ACTIVE, {"most": most})).dicts()

    async def by_service(self, user_key: int) -> list[Row]:
        """What a user asked of each service in a month."""
        return (await self._ask(BY_SERVICE, {"user_key": user_key})).dicts()

    async def feedback_of(self, user_key: int) -> list[Row]:
        """What a user thought of answers, the latest first."""
        return (await self._ask(FEEDBACK_OF, {"user_key": user_key})).dicts()

    async def vendors(self, *, hours: int) -> list[Row]:
        """How the models of every vendor did lately."""
        return (await self._ask(VENDORS, {"hours": hours})).dicts()

    async def _ask(self, sql: str, parameters: dict[str, Any]) -> Answer:
        return await self._database.query(sql, {**parameters, "environment": self._environment})
