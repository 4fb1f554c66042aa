-- title: Spend per day
-- answers: What does each model cost a day, and since the month began, in US dollars?
-- parameters: from, until
SELECT day, provider, model, usd, month_to_date_usd
FROM
(
    SELECT
        day,
        provider,
        model,
        usd,
        sum(usd) OVER (PARTITION BY provider, model, toStartOfMonth(day) ORDER BY day) AS month_to_date_usd
    FROM
    (
        SELECT toDate(ts) AS day, provider, model, sum(cost_usd) AS usd
        FROM v_model_calls
        WHERE ts >= toStartOfMonth({from:DateTime}) AND ts < {until:DateTime}
        GROUP BY day, provider, model
    )
)
WHERE day >= toDate({from:DateTime})
ORDER BY day, provider, model
