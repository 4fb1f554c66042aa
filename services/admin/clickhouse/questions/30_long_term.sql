-- title: Day by day, for years
-- answers: How have requests, users, waiting and cost developed, beyond the time that single requests are kept?
-- parameters: from, until
SELECT
    toDate(hour) AS day,
    sum(r.requests) AS requests,
    uniqMerge(r.users) AS users,
    round(sum(r.ok) / nullIf(sum(r.ok) + sum(r.errors), 0), 4) AS success_rate,
    toUInt32(quantilesTDigestMerge(0.5, 0.9, 0.95, 0.99)(r.total_ms)[3]) AS p95_ms,
    sum(r.cost_usd) AS usd
FROM v_rollup_hour AS r
WHERE hour >= {from:DateTime} AND hour < {until:DateTime}
GROUP BY day
ORDER BY day
