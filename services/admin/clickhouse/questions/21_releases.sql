-- title: Comparison of releases
-- answers: Do releases differ in errors, waiting or cost?
-- parameters: from, until
SELECT
    service,
    release,
    count() AS requests,
    round(countIf(outcome IN ('error', 'timeout')) / nullIf(countIf(outcome IN ('ok', 'error', 'timeout')), 0), 4) AS error_rate,
    quantileExactIf(0.95)(total_ms, outcome = 'ok') AS p95_ms,
    round(toFloat64(sum(cost_usd)) / requests, 6) AS usd_per_request,
    min(ts) AS first_at
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY service, release
ORDER BY service, first_at
