-- title: Errors
-- answers: What fails most, for how many users, since when, and in which trace can it be looked at?
-- parameters: from, until
SELECT
    service,
    error_reason,
    count() AS requests,
    uniqExactIf(user_key, user_key != 0) AS users,
    min(ts) AS first_at,
    max(ts) AS last_at,
    argMax(trace_id, ts) AS last_trace
FROM v_requests
WHERE outcome IN ('error', 'timeout') AND ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY service, error_reason
ORDER BY requests DESC, service, error_reason
LIMIT 50
