-- title: Failover and retries
-- answers: What share of a day's requests was answered by another model than the first, or needed more than one run?
-- parameters: from, until
SELECT
    toDate(ts) AS day,
    service,
    count() AS requests,
    round(countIf(failed_over) / requests, 4) AS failed_over_rate,
    round(countIf(retries > 0) / requests, 4) AS retried_rate
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY day, service
ORDER BY day, service
