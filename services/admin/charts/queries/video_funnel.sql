-- page: videos
-- shape: rank
-- unit: count
SELECT step.1 AS label, step.2 AS value
FROM
(
    SELECT
        count() AS queued,
        countIf(attempts > 0) AS started,
        countIf(last_step IN ('succeeded', 'delivered', 'delivery_failed')) AS succeeded,
        countIf(last_step = 'delivered') AS delivered
    FROM v_jobs_between(from = {from:DateTime}, until = {until:DateTime})
    WHERE environment = {environment:String} AND kind = 'video'
)
ARRAY JOIN [('queued', queued), ('started', started), ('succeeded', succeeded), ('delivered', delivered)] AS step
WHERE queued > 0
