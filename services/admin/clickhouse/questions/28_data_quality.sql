-- title: Quality of the data
-- answers: How many rows wait to be merged, how late do they come, and what does not fit together?
-- parameters: from, until
SELECT 'superseded_rows' AS check, toFloat64((SELECT count() FROM requests WHERE ts >= {from:DateTime} AND ts < {until:DateTime}) - (SELECT count() FROM v_requests WHERE ts >= {from:DateTime} AND ts < {until:DateTime})) AS value
UNION ALL
SELECT 'ingest_p95_ms', toFloat64(quantileExact(0.95)(ingest_ms)) FROM v_requests WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
UNION ALL
SELECT 'calls_without_request', toFloat64(count()) FROM v_model_calls WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND request_id NOT IN (SELECT event_id FROM v_requests WHERE ts >= {from:DateTime} - INTERVAL 1 DAY AND ts < {until:DateTime})
UNION ALL
SELECT 'calls_without_price', toFloat64(countIf(NOT is_priced AND outcome = 'ok')) FROM v_model_calls WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
UNION ALL
SELECT 'calls_estimated', toFloat64(countIf(is_estimated)) FROM v_model_calls WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
UNION ALL
SELECT 'requests_without_user', toFloat64(countIf(user_key = 0)) FROM v_requests WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
