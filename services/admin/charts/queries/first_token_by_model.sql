-- page: latency
-- shape: lines
-- unit: seconds
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    model AS series,
    quantileExact(0.95)(first_token_ms) / 1000 AS value
FROM v_model_calls
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND first_token_ms > 0
GROUP BY time, series
ORDER BY time, series
