-- page: errors
-- shape: lines
-- unit: percent
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    service AS series,
    countIf(outcome IN ('error', 'timeout')) / count() AS value
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND outcome IN ('ok', 'error', 'timeout')
GROUP BY time, series
ORDER BY time, series
