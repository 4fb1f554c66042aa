-- page: latency
-- shape: lines
-- unit: seconds
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    service AS series,
    quantileExact(0.95)(total_ms) / 1000 AS value
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND outcome = 'ok'
GROUP BY time, series
ORDER BY time, series
