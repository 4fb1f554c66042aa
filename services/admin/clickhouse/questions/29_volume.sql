-- title: Volume
-- answers: How many facts of each kind are kept, and what do they add up to in US dollars?
-- parameters: from, until
SELECT 'requests' AS kind, count() AS rows, sum(cost_usd) AS usd FROM v_requests WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
UNION ALL
SELECT 'model_calls', count(), sum(cost_usd) FROM v_model_calls WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
UNION ALL
SELECT 'job_changes', count(), toDecimal64(0, 6) FROM v_job_changes WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
UNION ALL
SELECT 'feedback', count(), toDecimal64(0, 6) FROM v_feedback WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
UNION ALL
SELECT 'refusals', count(), toDecimal64(0, 6) FROM v_refusals WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
