-- title: Stuck jobs
-- answers: Which jobs of the two days before the end have not come further for fifteen minutes?
-- parameters: until
SELECT
    job_id,
    kind,
    last_step,
    attempts,
    queued_at,
    dateDiff('minute', greatest(queued_at, started_at), {until:DateTime}) AS idle_minutes
FROM v_jobs_between(from = {until:DateTime} - INTERVAL 2 DAY, until = {until:DateTime})
WHERE last_step IN ('queued', 'started', 'retrying')
    AND greatest(queued_at, started_at) < {until:DateTime} - INTERVAL 15 MINUTE
ORDER BY idle_minutes DESC, job_id
LIMIT 100
