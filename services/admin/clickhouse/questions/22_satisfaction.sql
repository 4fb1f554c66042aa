-- title: Satisfaction against cost
-- answers: What share of opinions about each model is good, and what does an answer of it cost?
-- parameters: from, until
SELECT
    model,
    votes,
    up_share,
    round(toFloat64(answers.usd) / nullIf(answers.answers, 0), 6) AS usd_per_answer
FROM
(
    SELECT model, countIf(value != 0) AS votes, round(countIf(value > 0) / votes, 4) AS up_share
    FROM v_feedback
    WHERE value != 0 AND ts >= {from:DateTime} AND ts < {until:DateTime}
    GROUP BY model
) AS votes
LEFT JOIN
(
    SELECT model, sum(cost_usd) AS usd, countIf(outcome = 'ok') AS answers
    FROM v_requests
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
    GROUP BY model
) AS answers USING (model)
ORDER BY up_share DESC, model
