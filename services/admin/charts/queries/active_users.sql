-- page: users
-- shape: lines
-- unit: count
SELECT toDateTime(day) AS time, part.1 AS series, part.2 AS value
FROM v_active_users(from = toDate({from:DateTime}), until = toDate({until:DateTime} - INTERVAL 1 SECOND))
ARRAY JOIN [('daily', daily), ('weekly', weekly), ('monthly', monthly)] AS part
WHERE environment = {environment:String}
ORDER BY time, series
