-- page: users
-- shape: lines
-- unit: count
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    service AS series,
    uniqExact(user_key) AS value
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND user_key != 0
GROUP BY time, series
ORDER BY time, series
