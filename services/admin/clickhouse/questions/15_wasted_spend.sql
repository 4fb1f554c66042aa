-- title: Wasted spend
-- answers: How much is paid a day for what nobody got: calls that failed, and answers that another attempt replaced?
-- parameters: from, until
SELECT
    toDate(ts) AS day,
    provider,
    sum(cost_usd) AS usd,
    sumIf(cost_usd, is_wasted OR outcome IN ('error', 'timeout')) AS wasted_usd,
    round(toFloat64(wasted_usd) / nullIf(toFloat64(usd), 0), 4) AS wasted_share
FROM v_model_calls
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY day, provider
ORDER BY day, provider
