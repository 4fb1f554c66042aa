-- title: Weekly retention
-- answers: Of the users who first came in a week, what share came again one, two, three weeks later?
-- parameters: from, until
SELECT
    cohort,
    week,
    uniqExact(user_key) AS users,
    round(users / first_value(users) OVER (PARTITION BY cohort ORDER BY week), 4) AS retention
FROM
(
    SELECT user_key, toMonday(first_day) AS cohort, dateDiff('week', cohort, toMonday(day)) AS week
    FROM (SELECT DISTINCT day, user_key FROM v_user_days) AS days
    INNER JOIN (SELECT user_key, min(day) AS first_day FROM v_user_days GROUP BY user_key) AS firsts USING (user_key)
    WHERE first_day >= toDate({from:DateTime}) AND first_day < toDate({until:DateTime})
)
GROUP BY cohort, week
ORDER BY cohort, week
