-- page: traffic
-- shape: rank
-- unit: count
SELECT leftPad(toString(toHour(ts)), 2, '0') AS label, count() AS value
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
GROUP BY label
ORDER BY label
