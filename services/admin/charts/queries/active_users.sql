-- page: users
-- shape: lines
-- unit: count
SELECT time, part.1 AS series, part.2 AS value
FROM
(
    SELECT
        toDateTime(day) AS time,
        finalizeAggregation(users) AS daily,
        uniqExactMerge(users) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS weekly,
        uniqExactMerge(users) OVER (ORDER BY day ROWS BETWEEN 29 PRECEDING AND CURRENT ROW) AS monthly
    FROM
    (
        SELECT day, uniqExactState(user_key) AS users
        FROM v_user_days
        WHERE environment = {environment:String}
            AND day >= toDate({from:DateTime}) - 29 AND day <= toDate({until:DateTime} - INTERVAL 1 SECOND)
        GROUP BY day
        ORDER BY day WITH FILL STEP 1
    )
)
ARRAY JOIN [('daily', daily), ('weekly', weekly), ('monthly', monthly)] AS part
WHERE time >= toStartOfDay({from:DateTime})
ORDER BY time, series
