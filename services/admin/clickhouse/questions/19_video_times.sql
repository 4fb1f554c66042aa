-- title: Waiting for videos
-- answers: How long, in seconds, do videos wait in the queue, how long are they made, and how long does delivery take after that?
-- parameters: from, until
SELECT
    model,
    count() AS videos,
    quantileExact(0.5)(dateDiff('millisecond', queued_at, started_at) / 1000) AS wait_p50,
    quantileExact(0.95)(dateDiff('millisecond', queued_at, started_at) / 1000) AS wait_p95,
    quantileExact(0.5)(dateDiff('millisecond', started_at, ended_at) / 1000) AS run_p50,
    quantileExact(0.95)(dateDiff('millisecond', started_at, ended_at) / 1000) AS run_p95,
    quantileExact(0.95)(dateDiff('millisecond', ended_at, delivered_at) / 1000) AS delivery_p95
FROM v_jobs_between(from = {from:DateTime}, until = {until:DateTime})
WHERE kind = 'video' AND last_step = 'delivered'
GROUP BY model
ORDER BY model
