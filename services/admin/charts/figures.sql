SELECT part.1 AS figure, part.2 AS now, part.3 AS before
FROM
(
    WITH
        outcome IN ('ok', 'error', 'timeout') AS answerable,
        ts >= {from:DateTime} AS is_now
    SELECT
        countIf(is_now) AS requests_now,
        countIf(NOT is_now) AS requests_before,
        countIf(outcome = 'ok' AND is_now) / nullIf(countIf(answerable AND is_now), 0) AS success_now,
        countIf(outcome = 'ok' AND NOT is_now) / nullIf(countIf(answerable AND NOT is_now), 0) AS success_before,
        uniqExactIf(user_key, user_key != 0 AND is_now) AS users_now,
        uniqExactIf(user_key, user_key != 0 AND NOT is_now) AS users_before,
        quantileExactIfOrNull(0.95)(total_ms, outcome = 'ok' AND is_now) / 1000 AS waiting_now,
        quantileExactIfOrNull(0.95)(total_ms, outcome = 'ok' AND NOT is_now) / 1000 AS waiting_before,
        quantileExactIfOrNull(0.95)(first_token_ms, first_token_ms > 0 AND outcome = 'ok' AND is_now) / 1000 AS first_now,
        quantileExactIfOrNull(0.95)(first_token_ms, first_token_ms > 0 AND outcome = 'ok' AND NOT is_now) / 1000 AS first_before
    FROM v_requests
    WHERE ts >= {before:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
)
ARRAY JOIN [
    ('requests', toNullable(toFloat64(requests_now)), toNullable(toFloat64(requests_before))),
    ('success', success_now, success_before),
    ('users', toNullable(toFloat64(users_now)), toNullable(toFloat64(users_before))),
    ('waiting', waiting_now, waiting_before),
    ('first_token', first_now, first_before)
] AS part
UNION ALL
SELECT
    'spend',
    toNullable(toFloat64(sumIf(cost_usd, ts >= {from:DateTime}))),
    toNullable(toFloat64(sumIf(cost_usd, ts < {from:DateTime})))
FROM v_model_calls
WHERE ts >= {before:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
UNION ALL
SELECT
    'videos',
    toNullable(toFloat64(countIf(last_step = 'delivered' AND queued_at >= {from:DateTime}))),
    toNullable(toFloat64(countIf(last_step = 'delivered' AND queued_at < {from:DateTime})))
FROM v_jobs_between(from = {before:DateTime}, until = {until:DateTime})
WHERE environment = {environment:String} AND kind = 'video'
UNION ALL
SELECT
    'satisfaction',
    countIf(value > 0 AND ts >= {from:DateTime}) / nullIf(countIf(value != 0 AND ts >= {from:DateTime}), 0),
    countIf(value > 0 AND ts < {from:DateTime}) / nullIf(countIf(value != 0 AND ts < {from:DateTime}), 0)
FROM v_feedback
WHERE ts >= {before:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
