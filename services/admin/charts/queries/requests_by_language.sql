-- page: traffic
-- shape: rank
-- unit: count
SELECT if(language = '', '?', language) AS label, count() AS value
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
GROUP BY label
ORDER BY value DESC, label
LIMIT 12
