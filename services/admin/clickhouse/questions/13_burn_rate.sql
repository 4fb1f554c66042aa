-- title: Burn rate of the error budget
-- answers: How many times faster than 99 % of success allows is the error budget spent, in the hour, six hours and three days before the end?
-- parameters: until
SELECT
    service,
    round(countIf(failed AND ts >= {until:DateTime} - INTERVAL 1 HOUR) / nullIf(countIf(ts >= {until:DateTime} - INTERVAL 1 HOUR), 0) / 0.01, 2) AS burn_1h,
    round(countIf(failed AND ts >= {until:DateTime} - INTERVAL 6 HOUR) / nullIf(countIf(ts >= {until:DateTime} - INTERVAL 6 HOUR), 0) / 0.01, 2) AS burn_6h,
    round(countIf(failed) / count() / 0.01, 2) AS burn_3d
FROM
(
    SELECT service, ts, outcome IN ('error', 'timeout') AS failed
    FROM v_requests
    WHERE outcome IN ('ok', 'error', 'timeout') AND ts >= {until:DateTime} - INTERVAL 3 DAY AND ts < {until:DateTime}
)
GROUP BY service
ORDER BY service
