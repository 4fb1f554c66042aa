-- title: Requests and success
-- answers: How many requests does each service get in an hour, and what share of those that were to be answered was?
-- parameters: from, until
SELECT
    toStartOfHour(ts) AS hour,
    service,
    count() AS requests,
    round(countIf(outcome = 'ok') / nullIf(countIf(outcome IN ('ok', 'error', 'timeout')), 0), 4) AS success_rate
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY hour, service
ORDER BY hour, service
