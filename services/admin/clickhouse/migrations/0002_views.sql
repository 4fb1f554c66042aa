-- What is read: each fact once, in its newest version. Duplicates always share a partition, because ts is the
-- same in all versions of a fact, so partitions need not be merged with each other.

CREATE VIEW IF NOT EXISTS v_requests $on_cluster AS
SELECT * FROM requests FINAL SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE VIEW IF NOT EXISTS v_model_calls $on_cluster AS
SELECT * FROM model_calls FINAL SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE VIEW IF NOT EXISTS v_job_changes $on_cluster AS
SELECT * FROM job_changes FINAL SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE VIEW IF NOT EXISTS v_feedback $on_cluster AS
SELECT * FROM feedback FINAL SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE VIEW IF NOT EXISTS v_refusals $on_cluster AS
SELECT * FROM refusals FINAL SETTINGS do_not_merge_across_partitions_select_final = 1;

-- One row per job. A time that has not come is 1970-01-01.
CREATE VIEW IF NOT EXISTS v_jobs $on_cluster AS
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
GROUP BY environment, kind, job_id;
