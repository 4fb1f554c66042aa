-- How many came on each day, in the seven days up to it and in thirty: v_active_users(from = ..., until = ...), both
-- days included. Somebody who came on a day is active from it on for so many days: where no later day prolongs that, the
-- number falls again. So each user is looked at once, and not once for each day.

CREATE VIEW IF NOT EXISTS v_active_users $on_cluster AS
SELECT environment, day, toUInt64(daily) AS daily, toUInt64(weekly) AS weekly, toUInt64(monthly) AS monthly
FROM
(
    SELECT
        environment,
        day,
        sum(sumIf(change, length = 1)) OVER (PARTITION BY environment ORDER BY day) AS daily,
        sum(sumIf(change, length = 7)) OVER (PARTITION BY environment ORDER BY day) AS weekly,
        sum(sumIf(change, length = 30)) OVER (PARTITION BY environment ORDER BY day) AS monthly
    FROM
    (
        SELECT
            environment,
            length,
            arrayJoin(arrayConcat(
                arrayMap(each -> (each, 1), arrayFilter((each, gap) -> gap >= length, days, gaps_before)),
                arrayMap(each -> (each + length, -1), arrayFilter((each, gap) -> gap >= length, days, gaps_after))
            )) AS step,
            toDate(step.1) AS day,
            step.2 AS change
        FROM
        (
            SELECT
                environment,
                arraySort(groupUniqArray(toUInt16(day))) AS days,
                arrayPushFront(arrayPopFront(arrayDifference(days)), 1000) AS gaps_before,
                arrayPushBack(arrayPopFront(gaps_before), 1000) AS gaps_after
            FROM v_user_days
            WHERE day >= {from:Date} - 29 AND day <= {until:Date}
            GROUP BY environment, user_key
        )
        ARRAY JOIN [1, 7, 30] AS length
        UNION ALL
        SELECT environment, 0 AS length, (0, 0) AS step, {from:Date} + number AS day, 0 AS change
        FROM (SELECT DISTINCT environment FROM rollup_user_day) AS environments
        CROSS JOIN numbers(toUInt64(greatest(0, {until:Date} - {from:Date} + 1))) AS numbers
    )
    GROUP BY environment, day
)
WHERE day >= {from:Date} AND day <= {until:Date};
