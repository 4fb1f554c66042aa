-- page: videos
-- shape: rank
-- unit: count
SELECT model AS label, count() AS value
FROM v_jobs_between(from = {from:DateTime}, until = {until:DateTime})
WHERE environment = {environment:String} AND kind = 'video' AND model != ''
GROUP BY label
ORDER BY value DESC, label
LIMIT 12
