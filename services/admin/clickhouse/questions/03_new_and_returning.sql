-- title: New and returning users
-- answers: How many of a day's users came for the first time? Who was away for half a year is new again.
-- parameters: from, until
SELECT day, countIf(first_day = day) AS new_users, countIf(first_day < day) AS returning_users
FROM (SELECT DISTINCT day, user_key FROM v_user_days) AS days
INNER JOIN (SELECT user_key, min(day) AS first_day FROM v_user_days GROUP BY user_key) AS firsts USING (user_key)
WHERE day >= toDate({from:DateTime}) AND day < toDate({until:DateTime} + INTERVAL 1 DAY - INTERVAL 1 SECOND)
GROUP BY day
ORDER BY day
