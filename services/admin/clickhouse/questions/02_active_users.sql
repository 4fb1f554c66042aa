-- title: Active users
-- answers: How many users come in a day, in seven days and in thirty, and what share of the thirty days' users comes daily?
-- parameters: from, until
SELECT day, finalizeAggregation(users) AS dau, wau, mau, round(dau / nullIf(mau, 0), 4) AS stickiness
FROM
(
    SELECT
        day,
        users,
        uniqExactMerge(users) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS wau,
        uniqExactMerge(users) OVER (ORDER BY day ROWS BETWEEN 29 PRECEDING AND CURRENT ROW) AS mau
    FROM
    (
        SELECT day, uniqExactState(user_key) AS users
        FROM v_user_days
        WHERE day >= toDate({from:DateTime}) - 29 AND day < toDate({until:DateTime} + INTERVAL 1 DAY - INTERVAL 1 SECOND)
        GROUP BY day
        ORDER BY day WITH FILL STEP 1
    )
)
WHERE day >= toDate({from:DateTime})
ORDER BY day
