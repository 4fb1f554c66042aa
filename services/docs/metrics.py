from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 180, 300)


class DocsMetrics:
    """What the docs service counts and times."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._pages = Counter(
            "quartet_docs_pages",
            "Pages read, by the way: as text, or off a picture.",
            ("format", "way"),
            registry=registry,
        )
        self._readings = Counter(
            "quartet_docs_readings",
            "Files sent, by how that ended; known ones are not read again.",
            ("format", "outcome", "reason"),
            registry=registry,
        )
        self._reading_seconds = Histogram(
            "quartet_docs_reading_seconds",
            "Time to read a file, without that to receive and to keep it.",
            ("format",),
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )
        self.readings_active = Gauge(
            "quartet_docs_readings_active", "Files being received and read now.", registry=registry
        )
        self._answers = Counter(
            "quartet_docs_answers",
            "Answers, by what they are made of: whole documents, passages, or notes.",
            ("made_of", "outcome", "reason"),
            registry=registry,
        )
        self._preparing_seconds = Histogram(
            "quartet_docs_preparing_seconds",
            "Time until the text service was asked.",
            ("made_of",),
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )
        self.answers_active = Gauge(
            "quartet_docs_answers_active", "Answers under way now.", registry=registry
        )
        self._embeddings = Counter(
            "quartet_docs_embeddings",
            "Questions, and documents, that were embedded, by how that ended.",
            ("purpose", "outcome"),
            registry=registry,
        )
        self.store_bytes = Gauge(
            "quartet_docs_store_bytes", "Room that documents take, when last looked.", registry=registry
        )

    def page_read(self, format_: str, *, is_recognised: bool) -> None:
        self._pages.labels(format=format_, way="recognised" if is_recognised else "text").inc()

    def reading_ended(self, format_: str, outcome: str, reason: str) -> None:
        self._readings.labels(format=format_, outcome=outcome, reason=reason).inc()

    def read(self, format_: str, seconds: float) -> None:
        self._reading_seconds.labels(format=format_).observe(seconds)

    def prepared(self, made_of: str, seconds: float) -> None:
        self._preparing_seconds.labels(made_of=made_of).observe(seconds)

    def embedded(self, purpose: str, outcome: str) -> None:
        self._embeddings.labels(purpose=purpose, outcome=outcome).inc()

    def answer_ended(self, made_of: str, outcome: str, reason: str) -> None:
        self._answers.labels(made_of=made_of, outcome=outcome, reason=reason).inc()
