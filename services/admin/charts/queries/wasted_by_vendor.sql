-- page: cost
-- shape: bars
-- unit: usd
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    provider AS series,
    toFloat64(sumIf(cost_usd, is_wasted OR outcome IN ('error', 'timeout'))) AS value
FROM v_model_calls
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
GROUP BY time, series
ORDER BY time, series
