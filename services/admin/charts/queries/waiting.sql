-- page: latency
-- shape: lines
-- unit: seconds
SELECT time, part.1 AS series, part.2 AS value
FROM
(
    SELECT
        toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
        quantileExact(0.5)(total_ms) / 1000 AS p50,
        quantileExact(0.95)(total_ms) / 1000 AS p95,
        quantileExact(0.99)(total_ms) / 1000 AS p99
    FROM v_requests
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND outcome = 'ok'
    GROUP BY time
)
ARRAY JOIN [('p50', toFloat64(p50)), ('p95', toFloat64(p95)), ('p99', toFloat64(p99))] AS part
ORDER BY time, series
