-- title: Spend per user
-- answers: Which users cost most, and for how many calls of models?
-- parameters: from, until
SELECT toString(user_key) AS user, count() AS calls, sum(cost_usd) AS usd
FROM v_model_calls
WHERE user_key != 0 AND ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY user_key
ORDER BY usd DESC, user_key
LIMIT 50
