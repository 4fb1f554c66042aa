-- title: Tokens per second
-- answers: How fast do models write, once they have begun?
-- parameters: from, until
SELECT
    provider,
    model,
    count() AS calls,
    round(sum(output_tokens) / (sum(latency_ms - first_token_ms) / 1000), 2) AS tokens_per_second
FROM v_model_calls
WHERE outcome = 'ok' AND first_token_ms > 0 AND latency_ms > first_token_ms AND output_tokens > 0
    AND ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY provider, model
ORDER BY tokens_per_second DESC, model
