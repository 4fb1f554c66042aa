-- page: errors
-- shape: bars
-- unit: count
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    if(error_reason = '', '?', error_reason) AS series,
    count() AS value
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND outcome IN ('error', 'timeout')
GROUP BY time, series
ORDER BY time, series
