-- title: Time to the whole answer
-- answers: How long do users wait for an answer of each service and model, in milliseconds?
-- parameters: from, until
SELECT
    service,
    model,
    count() AS answers,
    quantilesExact(0.5, 0.9, 0.95, 0.99)(total_ms) AS quantiles,
    quantiles[1] AS p50_ms,
    quantiles[2] AS p90_ms,
    quantiles[3] AS p95_ms,
    quantiles[4] AS p99_ms
FROM v_requests
WHERE outcome = 'ok' AND ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY service, model
ORDER BY service, model
