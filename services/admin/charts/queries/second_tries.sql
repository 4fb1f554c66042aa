-- page: errors
-- shape: lines
-- unit: percent
SELECT time, part.1 AS series, part.2 AS value
FROM
(
    SELECT
        toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
        countIf(failed_over) / count() AS failed_over,
        countIf(retries > 0) / count() AS tried_again
    FROM v_requests
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    GROUP BY time
)
ARRAY JOIN [('failed_over', toFloat64(failed_over)), ('tried_again', toFloat64(tried_again))] AS part
ORDER BY time, series
