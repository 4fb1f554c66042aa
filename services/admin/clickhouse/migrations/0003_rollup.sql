-- Sums by the hour, for as long as nobody asks about single requests any more. Each hour is computed anew and
-- replaced as a whole, never added to: what comes late, twice or in another version is counted as it should be.

CREATE TABLE IF NOT EXISTS rollup_hour $on_cluster
(
    hour            DateTime('UTC'),
    environment     LowCardinality(String),
    release         LowCardinality(String),
    service         LowCardinality(String),
    command         LowCardinality(String),
    provider        LowCardinality(String),
    model           LowCardinality(String),
    plan            LowCardinality(String),
    requests        UInt64,
    ok              UInt64,
    errors          UInt64,
    cancelled       UInt64,
    refused         UInt64,
    failed_over     UInt64,
    input_tokens    UInt64,
    output_tokens   UInt64,
    cost_usd        Decimal(38, 6),
    users           AggregateFunction(uniq, UInt64),
    total_ms        AggregateFunction(quantilesTDigest(0.5, 0.9, 0.95, 0.99), UInt32),
    first_token_ms  AggregateFunction(quantilesTDigest(0.5, 0.9, 0.95, 0.99), UInt32),
    computed_at     DateTime64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(hour)
ORDER BY (environment, service, hour, command, provider, model, plan, release)
TTL hour + INTERVAL 5 YEAR DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 0;

-- Of each hour only what was computed last: a combination that is no longer there must not stay behind.
CREATE VIEW IF NOT EXISTS v_rollup_hour $on_cluster AS
SELECT * FROM rollup_hour FINAL
WHERE (hour, computed_at) IN (SELECT hour, max(computed_at) FROM rollup_hour GROUP BY hour)
SETTINGS do_not_merge_across_partitions_select_final = 1;

-- Who was there on which day: small enough to look over half a year at once.
CREATE TABLE IF NOT EXISTS rollup_user_day $on_cluster
(
    day         Date,
    environment LowCardinality(String),
    user_key    UInt64,
    service     LowCardinality(String),
    requests    UInt32,
    ok          UInt32,
    cost_usd    Decimal(18, 6),
    first_ok_at DateTime('UTC'),
    computed_at DateTime64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(day)
ORDER BY (environment, day, user_key, service)
TTL day + INTERVAL 180 DAY DELETE
SETTINGS non_replicated_deduplication_window = 0;

CREATE VIEW IF NOT EXISTS v_user_days $on_cluster AS
SELECT * FROM rollup_user_day FINAL
WHERE (day, computed_at) IN (SELECT day, max(computed_at) FROM rollup_user_day GROUP BY day)
SETTINGS do_not_merge_across_partitions_select_final = 1;
