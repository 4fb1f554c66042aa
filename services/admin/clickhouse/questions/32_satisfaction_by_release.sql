-- title: Satisfaction by release and model
-- answers: Are people more content with the answers of a newer release?
-- parameters: from, until
SELECT
    release,
    model,
    count()                                     AS votes,
    round(countIf(opinion > 0) / count(), 4)    AS up_share
FROM
(
    SELECT request_id AS event_id, model, value AS opinion
    FROM v_feedback
    WHERE kind = 'thumb' AND value != 0 AND ts >= {from:DateTime} AND ts < {until:DateTime}
) AS opinions
INNER JOIN
(
    -- Of the answer, not of the thumb, which may come a release later.
    SELECT event_id, release
    FROM v_requests
    WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
) AS answers USING (event_id)
GROUP BY release, model
ORDER BY release, model
