-- title: From text to video
-- answers: How far did users come on the way from text over pictures and documents to videos, within a week?
-- parameters: from, until
SELECT level, count() AS users
FROM
(
    SELECT
        user_key,
        windowFunnel(604800)(first_ok_at, service = 'text', service = 'image', service = 'docs', service = 'video') AS level
    FROM v_user_days
    WHERE ok > 0 AND day >= toDate({from:DateTime}) AND day < toDate({until:DateTime} + INTERVAL 1 DAY - INTERVAL 1 SECOND)
    GROUP BY user_key
)
GROUP BY level
ORDER BY level
