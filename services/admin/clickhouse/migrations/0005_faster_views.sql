-- Of each hour and day only what was computed last, which holds nothing twice: no need to merge while reading.

DROP VIEW IF EXISTS v_rollup_hour $on_cluster;

CREATE VIEW IF NOT EXISTS v_rollup_hour $on_cluster AS
SELECT * FROM rollup_hour
WHERE (hour, computed_at) IN (SELECT hour, max(computed_at) FROM rollup_hour GROUP BY hour);

DROP VIEW IF EXISTS v_user_days $on_cluster;

CREATE VIEW IF NOT EXISTS v_user_days $on_cluster AS
SELECT * FROM rollup_user_day
WHERE (day, computed_at) IN (SELECT day, max(computed_at) FROM rollup_user_day GROUP BY day);

-- Jobs that were queued in a span of time, without reading all the others: v_jobs_between(from = ..., until = ...).
-- What happens to a job more than two days later is not seen.
CREATE VIEW IF NOT EXISTS v_jobs_between $on_cluster AS
SELECT
    environment,
    kind,
    job_id,
    any(request_id)                                AS request_id,
    minIf(ts, step = 'queued')                     AS queued_at,
    minIf(ts, step = 'started')                    AS started_at,
    maxIf(ts, step IN ('succeeded', 'failed', 'cancelled', 'dead')) AS ended_at,
    maxIf(ts, step = 'delivered')                  AS delivered_at,
    countIf(step = 'started')                      AS attempts,
    argMax(step, (ts, transform(step, ['queued', 'started', 'retrying'], [1, 2, 3], 4))) AS last_step,
    argMaxIf(error_reason, ts, error_reason != '') AS last_error,
    argMaxIf(provider, ts, provider != '')         AS provider,
    argMaxIf(model, ts, model != '')               AS model,
    max(size_bytes)                                AS size_bytes
FROM v_job_changes
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} + INTERVAL 2 DAY
GROUP BY environment, kind, job_id
HAVING queued_at >= {from:DateTime} AND queued_at < {until:DateTime};
