-- page: latency
-- shape: lines
-- unit: tokens_per_second
SELECT
    toStartOfInterval(ts, toIntervalSecond({step:UInt32})) AS time,
    model AS series,
    sum(output_tokens) / (sum(latency_ms - first_token_ms) / 1000) AS value
FROM v_model_calls
WHERE ts >= {from:DateTime} AND ts < {until:DateTime} AND environment = {environment:String}
    AND outcome = 'ok' AND first_token_ms > 0 AND latency_ms > first_token_ms AND output_tokens > 0
GROUP BY time, series
ORDER BY time, series
