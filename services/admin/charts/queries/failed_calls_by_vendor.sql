-- page: errors
-- shape: lines
-- unit: percent
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    provider AS series,
    countIf(outcome IN ('error', 'timeout')) / count() AS value
FROM v_model_calls
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
GROUP BY time, series
ORDER BY time, series
