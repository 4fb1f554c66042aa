-- title: Cost of a successful answer and of a user
-- answers: What does an answer that succeeded cost, all that failed on the way included, and what does a user, by plan and service?
-- parameters: from, until
SELECT
    plan,
    service,
    countIf(outcome = 'ok') AS answers,
    sum(calls.usd) AS usd,
    round(toFloat64(usd) / nullIf(answers, 0), 6) AS usd_per_answer,
    round(toFloat64(usd) / nullIf(uniqExactIf(user_key, user_key != 0), 0), 6) AS usd_per_user
FROM v_requests AS requests
LEFT JOIN
(
    SELECT request_id, sum(cost_usd) AS usd
    FROM v_model_calls
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime} + INTERVAL 1 DAY
    GROUP BY request_id
) AS calls ON requests.event_id = calls.request_id
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY plan, service
ORDER BY plan, service
