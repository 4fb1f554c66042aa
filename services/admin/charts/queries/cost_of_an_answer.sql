-- page: cost
-- shape: lines
-- unit: usd
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    service AS series,
    toFloat64(sum(cost_usd)) / countIf(outcome = 'ok') AS value
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND outcome IN ('ok', 'error', 'timeout', 'cancelled')
GROUP BY time, series
HAVING countIf(outcome = 'ok') > 0
ORDER BY time, series
