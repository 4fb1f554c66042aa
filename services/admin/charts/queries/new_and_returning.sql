-- page: users
-- shape: bars
-- unit: count
SELECT toDateTime(day) AS time, if(day = first_day, 'new', 'returning') AS series, count() AS value
FROM (SELECT DISTINCT day, user_key FROM v_user_days WHERE environment = {environment:String} AND day >= toDate({from:DateTime}) AND day <= toDate({until:DateTime} - INTERVAL 1 SECOND)) AS days
INNER JOIN
(
    SELECT user_key, min(day) AS first_day
    FROM v_user_days
    WHERE environment = {environment:String}
    GROUP BY user_key
) AS firsts USING (user_key)
GROUP BY time, series
ORDER BY time, series
