-- page: videos
-- shape: bars
-- unit: count
SELECT
    toStartOfInterval(queued_at, toIntervalSecond({step:UInt32})) AS time,
    last_step AS series,
    count() AS value
FROM v_jobs_between(from = {from:DateTime}, until = {until:DateTime})
WHERE environment = {environment:String} AND kind = 'video'
GROUP BY time, series
ORDER BY time, series
