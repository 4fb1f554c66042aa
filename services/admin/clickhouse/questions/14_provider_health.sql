-- title: Health of providers
-- answers: How often do models fail, throttle us, or answer only where another one failed, and what do failures cost?
-- parameters: from, until
SELECT
    provider,
    model,
    count() AS calls,
    round(countIf(outcome IN ('error', 'timeout')) / calls, 4) AS error_rate,
    round(countIf(http_status = 429) / calls, 4) AS throttled_rate,
    round(countIf(attempt > 1) / calls, 4) AS retry_rate,
    sumIf(cost_usd, outcome IN ('error', 'timeout')) AS failed_usd
FROM v_model_calls
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY provider, model
ORDER BY calls DESC, provider, model
