-- page: videos
-- shape: lines
-- unit: seconds
SELECT time, part.1 AS series, part.2 AS value
FROM
(
    SELECT
        toStartOfInterval(queued_at, toIntervalSecond({step:UInt32})) AS time,
        quantileExact(0.95)(dateDiff('millisecond', queued_at, started_at) / 1000) AS queue,
        quantileExact(0.95)(dateDiff('millisecond', started_at, ended_at) / 1000) AS work,
        quantileExact(0.95)(dateDiff('millisecond', ended_at, delivered_at) / 1000) AS delivery
    FROM v_jobs_between(from = {from:DateTime}, until = {until:DateTime})
    WHERE environment = {environment:String} AND kind = 'video' AND last_step = 'delivered'
    GROUP BY time
)
ARRAY JOIN [('queue', toFloat64(queue)), ('work', toFloat64(work)), ('delivery', toFloat64(delivery))] AS part
ORDER BY time, series
