-- title: Time to the first token
-- answers: How long, in milliseconds, do models take until the first token, by the hour?
-- parameters: from, until
SELECT
    toStartOfHour(ts) AS hour,
    provider,
    model,
    count() AS calls,
    quantileExact(0.5)(first_token_ms) AS p50_ms,
    quantileExact(0.95)(first_token_ms) AS p95_ms
FROM v_model_calls
WHERE first_token_ms > 0 AND ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY hour, provider, model
ORDER BY hour, provider, model
