-- title: Active users
-- answers: How many users come in a day, in seven days and in thirty, and what share of the thirty days' users comes daily?
-- parameters: from, until
SELECT
    day,
    sum(daily) AS dau,
    sum(weekly) AS wau,
    sum(monthly) AS mau,
    round(dau / nullIf(mau, 0), 4) AS stickiness
FROM v_active_users(from = toDate({from:DateTime}), until = toDate({until:DateTime} - INTERVAL 1 SECOND))
GROUP BY day
ORDER BY day
