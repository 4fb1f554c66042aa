-- page: traffic
-- shape: bars
-- unit: count
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    outcome AS series,
    count() AS value
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
GROUP BY time, series
ORDER BY time, series
