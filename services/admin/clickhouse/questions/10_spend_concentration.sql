-- title: Concentration of spend
-- answers: What share of the spend do the one and the ten per cent of users take who cost most?
-- parameters: from, until
SELECT
    count() AS users,
    round(sumIf(usd, place <= greatest(1, intDiv(total, 100))) / sum(usd), 4) AS top_1_percent_share,
    round(sumIf(usd, place <= greatest(1, intDiv(total, 10))) / sum(usd), 4) AS top_10_percent_share
FROM
(
    SELECT usd, row_number() OVER (ORDER BY usd DESC) AS place, count() OVER () AS total
    FROM
    (
        SELECT user_key, toFloat64(sum(cost_usd)) AS usd
        FROM v_model_calls
        WHERE user_key != 0 AND ts >= {from:DateTime} AND ts < {until:DateTime}
        GROUP BY user_key
    )
)
