-- One row per fact. A fact that comes again, or in another version, is the same row: ts and the other columns
-- of the sorting key never change for an id. Read through the views of 0002, which hide what is superseded.
-- Statements end at a semicolon at the end of a line. Comments and literals hold none.

CREATE TABLE IF NOT EXISTS requests $on_cluster
(
    event_id         UUID,
    ts               DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    environment      LowCardinality(String),
    release          LowCardinality(String),
    service          LowCardinality(String),
    command          LowCardinality(String),
    user_key         UInt64 TTL toDateTime(ts) + INTERVAL 180 DAY,
    chat_key         UInt64 TTL toDateTime(ts) + INTERVAL 180 DAY,
    chat_type        LowCardinality(String),
    language         LowCardinality(String),
    plan             LowCardinality(String),
    outcome          LowCardinality(String),
    error_reason     LowCardinality(String),
    provider         LowCardinality(String),
    model            LowCardinality(String),
    is_async         Bool,
    failed_over      Bool,
    retries          UInt8,
    queue_ms         UInt32 CODEC(T64, ZSTD(1)),
    first_token_ms   UInt32 CODEC(T64, ZSTD(1)),
    total_ms         UInt32 CODEC(T64, ZSTD(1)),
    delivery_ms      UInt32 CODEC(T64, ZSTD(1)),
    input_chars      UInt32 CODEC(T64, ZSTD(1)),
    output_chars     UInt32 CODEC(T64, ZSTD(1)),
    attachment_bytes UInt64 CODEC(T64, ZSTD(1)),
    input_tokens     UInt32 CODEC(T64, ZSTD(1)),
    output_tokens    UInt32 CODEC(T64, ZSTD(1)),
    cost_usd         Decimal(18, 6),
    is_priced        Bool,
    trace_id         String CODEC(ZSTD(1)),
    attributes       Map(LowCardinality(String), String),
    ingest_ms        UInt32 CODEC(T64, ZSTD(1)),
    version          UInt64 CODEC(Delta(8), ZSTD(1)),
    INDEX by_user user_key TYPE bloom_filter(0.01) GRANULARITY 4,
    CONSTRAINT plausible CHECK cost_usd BETWEEN 0 AND 100000
)
ENGINE = ${replicated}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(ts)
PRIMARY KEY (environment, service, toStartOfHour(ts))
ORDER BY (environment, service, toStartOfHour(ts), event_id)
TTL toDateTime(ts) + INTERVAL 400 DAY DELETE
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS model_calls $on_cluster
(
    event_id            UUID,
    request_id          UUID,
    ts                  DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    environment         LowCardinality(String),
    release             LowCardinality(String),
    user_key            UInt64 TTL toDateTime(ts) + INTERVAL 180 DAY,
    service             LowCardinality(String),
    operation           LowCardinality(String),
    provider            LowCardinality(String),
    model               LowCardinality(String),
    attempt             UInt8,
    outcome             LowCardinality(String),
    error_reason        LowCardinality(String),
    http_status         UInt16,
    finish_reason       LowCardinality(String),
    latency_ms          UInt32 CODEC(T64, ZSTD(1)),
    first_token_ms      UInt32 CODEC(T64, ZSTD(1)),
    input_tokens        UInt32 CODEC(T64, ZSTD(1)),
    cached_input_tokens UInt32 CODEC(T64, ZSTD(1)),
    output_tokens       UInt32 CODEC(T64, ZSTD(1)),
    reasoning_tokens    UInt32 CODEC(T64, ZSTD(1)),
    units               Float64,
    unit                LowCardinality(String),
    cost_usd            Decimal(18, 6),
    is_priced           Bool,
    price_version       LowCardinality(String),
    is_estimated        Bool,
    is_wasted           Bool,
    ingest_ms           UInt32 CODEC(T64, ZSTD(1)),
    version             UInt64 CODEC(Delta(8), ZSTD(1)),
    CONSTRAINT plausible CHECK cost_usd BETWEEN 0 AND 100000
)
ENGINE = ${replicated}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(ts)
PRIMARY KEY (environment, provider, model, toStartOfHour(ts))
ORDER BY (environment, provider, model, toStartOfHour(ts), event_id)
TTL toDateTime(ts) + INTERVAL 400 DAY DELETE
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS job_changes $on_cluster
(
    event_id     UUID,
    job_id       String CODEC(ZSTD(1)),
    request_id   UUID,
    ts           DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    environment  LowCardinality(String),
    release      LowCardinality(String),
    kind         LowCardinality(String),
    step         LowCardinality(String),
    attempt      UInt8,
    worker       LowCardinality(String),
    provider     LowCardinality(String),
    model        LowCardinality(String),
    error_reason LowCardinality(String),
    duration_ms  UInt32 CODEC(T64, ZSTD(1)),
    size_bytes   UInt64 CODEC(T64, ZSTD(1)),
    queue_depth  UInt32 CODEC(T64, ZSTD(1)),
    ingest_ms    UInt32 CODEC(T64, ZSTD(1)),
    version      UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(ts)
PRIMARY KEY (environment, kind, toStartOfHour(ts))
ORDER BY (environment, kind, toStartOfHour(ts), job_id, event_id)
TTL toDateTime(ts) + INTERVAL 400 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS feedback $on_cluster
(
    event_id    UUID,
    request_id  UUID,
    ts          DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    environment LowCardinality(String),
    release     LowCardinality(String),
    service     LowCardinality(String),
    provider    LowCardinality(String),
    model       LowCardinality(String),
    kind        LowCardinality(String),
    value       Int8,
    ingest_ms   UInt32 CODEC(T64, ZSTD(1)),
    version     UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(ts)
PRIMARY KEY (environment, service, toStartOfHour(ts))
ORDER BY (environment, service, toStartOfHour(ts), event_id)
TTL toDateTime(ts) + INTERVAL 400 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS refusals $on_cluster
(
    event_id    UUID,
    ts          DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    environment LowCardinality(String),
    release     LowCardinality(String),
    user_key    UInt64 TTL toDateTime(ts) + INTERVAL 180 DAY,
    chat_key    UInt64 TTL toDateTime(ts) + INTERVAL 180 DAY,
    plan        LowCardinality(String),
    service     LowCardinality(String),
    command     LowCardinality(String),
    quota       LowCardinality(String),
    limit       UInt64 CODEC(T64, ZSTD(1)),
    used        UInt64 CODEC(T64, ZSTD(1)),
    ingest_ms   UInt32 CODEC(T64, ZSTD(1)),
    version     UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(ts)
PRIMARY KEY (environment, service, toStartOfHour(ts))
ORDER BY (environment, service, toStartOfHour(ts), event_id)
TTL toDateTime(ts) + INTERVAL 400 DAY DELETE
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
