-- title: Prompt cache
-- answers: What share of the tokens sent to each model did its vendor take from its cache?
-- parameters: from, until
SELECT
    provider,
    model,
    sum(input_tokens) AS tokens,
    round(sum(cached_input_tokens) / tokens, 4) AS cached_share
FROM v_model_calls
WHERE input_tokens > 0 AND ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY provider, model
ORDER BY provider, model
