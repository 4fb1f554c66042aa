-- title: The focus group against the others
-- answers: Are those who get what is new first better off: answers, failures, waiting, and what they say?
-- parameters: from, until
SELECT
    if(is_focus, 'focus', 'others')                                  AS who,
    uniqExactIf(user_key, user_key != 0)                             AS users,
    count()                                                          AS requests,
    round(countIf(outcome IN ('error', 'timeout')) / count(), 4)     AS failed_share,
    round(quantileExactIf(0.95)(total_ms, outcome = 'ok') / 1000, 3) AS p95_seconds,
    countIf(opinion != 0)                                            AS votes,
    round(countIf(opinion > 0) / nullIf(votes, 0), 4)                AS up_share
FROM
(
    SELECT event_id, user_key, outcome, total_ms, attributes['group'] = 'focus' AS is_focus
    FROM v_requests
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
) AS asked
LEFT JOIN
(
    SELECT request_id AS event_id, any(value) AS opinion
    FROM v_feedback
    WHERE kind = 'thumb' AND ts >= {from:DateTime} AND ts < {until:DateTime}
    GROUP BY request_id
) AS opinions USING (event_id)
GROUP BY is_focus
ORDER BY is_focus DESC
