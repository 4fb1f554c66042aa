from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class AdminMetrics:
    """What the admin service counts and times."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.rows = Counter(
            "quartet_admin_usage_rows",
            "Usage events written to ClickHouse, by table.",
            ("table",),
            registry=registry,
        )
        self.dead = Counter(
            "quartet_admin_usage_dead", "Usage events that could not be read or written.", registry=registry
        )
        self.insert_seconds = Histogram(
            "quartet_admin_usage_insert_seconds",
            "Time until ClickHouse has confirmed an insert.",
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )
        self.pending = Gauge(
            "quartet_admin_usage_pending",
            "Usage events in the stream that nobody has read yet, when last looked.",
            registry=registry,
        )
        self.lag_seconds = Gauge(
            "quartet_admin_usage_lag_seconds",
            "Age of the oldest event of the last batch when it was written.",
            registry=registry,
        )
        self.clickhouse_up = Gauge(
            "quartet_admin_clickhouse_up",
            "1 while ClickHouse takes what is written, 0 while it does not.",
            registry=registry,
        )
        self.rollups = Counter(
            "quartet_admin_rollups", "Rounds of summing up hours.", ("outcome",), registry=registry
        )
        self.questions_seconds = Histogram(
            "quartet_admin_question_seconds",
            "Time that questions took.",
            ("outcome",),
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )
