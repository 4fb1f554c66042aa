-- title: Where the time goes
-- answers: What part of a user's waiting is queue, what part the model, and what part delivery, on average in milliseconds?
-- parameters: from, until
SELECT
    service,
    count() AS answers,
    round(avg(queue_ms), 1) AS average_queue_ms,
    round(avg(toInt64(total_ms) - queue_ms - delivery_ms), 1) AS average_work_ms,
    round(avg(delivery_ms), 1) AS average_delivery_ms
FROM v_requests
WHERE outcome = 'ok' AND ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY service
ORDER BY service
