-- page: cost
-- shape: bars
-- unit: usd
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    model AS series,
    toFloat64(sum(cost_usd)) AS value
FROM v_model_calls
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
GROUP BY time, series
ORDER BY time, series
