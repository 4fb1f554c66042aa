from typing import Final

from services.admin.clickhouse import Database
from tests.load.progress import tell

ROWS_AT_ONCE: Final = 1_000_000
JOBS: Final = 200_000
# Nine in ten of what is random are few, as users and models are. Each column is a hash of the row's number.
REQUESTS: Final = """
INSERT INTO requests (event_id, ts, environment, release, service, command, user_key, chat_key, chat_type,
    language, plan, outcome, error_reason, provider, model, is_async, failed_over, retries, queue_ms,
    first_token_ms, total_ms, delivery_ms, input_chars, output_chars, input_tokens, output_tokens, cost_usd,
    is_priced, trace_id, ingest_ms, version)
WITH
    cityHash64(number) AS h,
    now() - toIntervalSecond(intDiv(number * 31536000, {total:UInt64})) AS happened,
    transform(h % 20, [0, 1, 2, 3, 4], ['video', 'docs', 'docs', 'image', 'image'], 'text') AS what,
    intDiv(h, 20) % 100 AS fate,
    toUInt64(pow(cityHash64(number, 'u') % 1000000 / 1000000., 3) * 50000) AS person
SELECT
    reinterpretAsUUID(sipHash128(number)), toDateTime64(happened, 3) + toIntervalMillisecond(h % 1000),
    'production', concat('v', toString(toMonth(happened))), what,
    transform(what, ['text', 'image', 'docs', 'video'], ['ask', 'draw', 'summary', 'film'], ''),
    cityHash64('u', person), cityHash64('c', person), if(person % 5 = 0, 'group', 'private'),
    if(person % 7 = 0, 'en', 'ru'), if(person % 10 = 0, 'pro', 'free'),
    multiIf(fate < 4, 'error', fate < 5, 'timeout', fate < 8, 'cancelled', fate < 10, 'refused', 'ok'),
    if(fate < 5, ['provider_unavailable', 'provider_rate_limited', 'content_rejected'][1 + h % 3], ''),
    if(h % 5 = 0, 'google', 'openai'), concat(if(h % 5 = 0, 'gemini-', 'gpt-'), what),
    what = 'video', fate > 95, fate = 99, h % 200, 200 + h % 900, 800 + cityHash64(number, 't') % 9000,
    50 + h % 200, h % 2000, h % 4000, h % 4000, h % 900, toDecimal64((h % 5000) / 1000000, 6), true,
    lower(hex(sipHash128(number, 'trace'))), h % 3000, toUnixTimestamp(happened) * 1000
FROM numbers({begin:UInt64}, {count:UInt64})
"""
CALLS: Final = """
INSERT INTO model_calls (event_id, request_id, ts, environment, release, user_key, service, operation,
    provider, model, attempt, outcome, http_status, finish_reason, latency_ms, first_token_ms, input_tokens,
    cached_input_tokens, output_tokens, cost_usd, is_priced, price_version, is_wasted, ingest_ms, version)
SELECT
    reinterpretAsUUID(sipHash128(event_id, 'call')), event_id, ts, environment, release, user_key, service,
    'reply', provider, model, 1 + failed_over, if(outcome = 'refused', 'ok', outcome),
    if(outcome = 'error', 429, 200), 'stop',
    total_ms, first_token_ms, input_tokens, intDiv(input_tokens, 3), output_tokens, cost_usd, true, '2026-11',
    retries > 0, ingest_ms, version
FROM requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
"""
STEPS: Final = """
INSERT INTO job_changes (event_id, job_id, request_id, ts, environment, release, kind, step, attempt, worker,
    provider, model, ingest_ms, version)
SELECT
    reinterpretAsUUID(sipHash128(event_id, done)), toString(event_id), event_id,
    ts + toIntervalSecond(transform(done, ['queued', 'started', 'succeeded'], [0, 20, 90], 95)), environment,
    release, 'video', done, 1, 'w1', provider, model, ingest_ms, version
FROM (SELECT * FROM requests WHERE service = 'video' ORDER BY ts DESC LIMIT {jobs:UInt64})
ARRAY JOIN ['queued', 'started', if(outcome = 'ok', 'succeeded', 'failed'), 'delivered'] AS done
"""
MONTHS: Final = "SELECT DISTINCT toStartOfMonth(ts) AS month FROM requests ORDER BY month"
SIZES: Final = """
SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes
FROM system.parts
WHERE active AND database = currentDatabase()
GROUP BY table
ORDER BY table
"""


async def fill(database: Database, count: int) -> None:
    """Make `count` requests of the last year, as many calls of models, and videos."""
    for begin in range(0, count, ROWS_AT_ONCE):
        tell(f"{begin:,} of {count:,} requests")
        rows = min(ROWS_AT_ONCE, count - begin)
        await database.command(REQUESTS, {"total": count, "begin": begin, "count": rows})
    for (month,) in (await database.query(MONTHS)).rows:
        tell(f"calls of models, {month:%Y-%m}")
        until = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
        await database.command(CALLS, {"from": f"{month} 00:00:00", "until": f"{until} 00:00:00"})
    await database.command(STEPS, {"jobs": JOBS})


async def bytes_per_row(database: Database) -> dict[str, float]:
    """What a row takes on disk, by table."""
    sizes = (await database.query(SIZES)).rows
    return {table: round(size / rows, 1) for table, rows, size in sizes if rows}
