-- page: latency
-- shape: area
-- unit: seconds
SELECT time, part.1 AS series, part.2 AS value
FROM
(
    SELECT
        toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
        avg(queue_ms) / 1000 AS queue,
        avg(toInt64(total_ms) - queue_ms - delivery_ms) / 1000 AS work,
        avg(delivery_ms) / 1000 AS delivery
    FROM v_requests
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND outcome = 'ok'
    GROUP BY time
)
ARRAY JOIN [('queue', toFloat64(queue)), ('work', toFloat64(work)), ('delivery', toFloat64(delivery))] AS part
ORDER BY time, series
