-- page: users
-- shape: rank
-- unit: percent
SELECT model AS label, countIf(opinion > 0) / count() AS value
FROM (SELECT *, value AS opinion FROM v_feedback)
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String} AND opinion != 0
GROUP BY label
ORDER BY value DESC, label
LIMIT 12
