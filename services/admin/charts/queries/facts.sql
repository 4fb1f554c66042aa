-- page: quality
-- shape: area
-- unit: count
SELECT time, series, sum(facts) AS value
FROM
(
    SELECT toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time, 'requests' AS series, count() AS facts
    FROM v_requests
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    GROUP BY time
    UNION ALL
    SELECT toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time, 'model_calls' AS series, count() AS facts
    FROM v_model_calls
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    GROUP BY time
    UNION ALL
    SELECT toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time, 'job_changes' AS series, count() AS facts
    FROM v_job_changes
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    GROUP BY time
    UNION ALL
    SELECT toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time, 'feedback' AS series, count() AS facts
    FROM v_feedback
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    GROUP BY time
    UNION ALL
    SELECT toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time, 'refusals' AS series, count() AS facts
    FROM v_refusals
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    GROUP BY time
)
GROUP BY time, series
ORDER BY time, series
