-- title: Limits
-- answers: Which limits keep how many users of which plan from what they want?
-- parameters: from, until
SELECT quota, plan, count() AS refusals, uniqExactIf(user_key, user_key != 0) AS users
FROM v_refusals
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY quota, plan
ORDER BY refusals DESC, quota, plan
