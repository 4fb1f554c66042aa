-- title: Hours of the week
-- answers: When, in UTC, do people come, and when are they refused?
-- parameters: from, until
SELECT
    toDayOfWeek(ts) AS day_of_week,
    toHour(ts) AS hour,
    count() AS requests,
    round(countIf(outcome = 'refused') / requests, 4) AS refused_rate
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY day_of_week, hour
ORDER BY day_of_week, hour
