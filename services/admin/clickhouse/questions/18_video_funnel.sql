-- title: Funnel of videos
-- answers: Of the videos ordered on a day, how many were begun, made and delivered, and how many failed, were cancelled or killed their worker?
-- parameters: from, until
SELECT
    toDate(queued_at) AS day,
    count() AS queued,
    countIf(attempts > 0) AS started,
    countIf(last_step IN ('succeeded', 'delivered', 'delivery_failed')) AS succeeded,
    countIf(last_step = 'delivered') AS delivered,
    countIf(last_step = 'failed') AS failed,
    countIf(last_step = 'cancelled') AS cancelled,
    countIf(last_step = 'dead') AS dead
FROM v_jobs_between(from = {from:DateTime}, until = {until:DateTime})
WHERE kind = 'video'
GROUP BY day
ORDER BY day
