from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.providers.metrics import VendorMetrics
from services.video.job import State

BUCKETS_SECONDS: Final = (1, 2.5, 5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 1200, 3600, 14400, 86400)
USD_PER_MICRO: Final = 1e-6


class VideoMetrics:
    """What the video service and its workers count and time."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.orders = Counter(
            "quartet_video_orders", "Orders, by what came of them.", ("outcome",), registry=registry
        )
        self._jobs = Counter(
            "quartet_video_jobs", "Jobs that ended, by how.", ("state", "reason"), registry=registry
        )
        self._seconds = Histogram(
            "quartet_video_seconds",
            "Time that jobs took: in the queue, at the vendor, and until the file was kept.",
            ("part",),
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )
        self._cost = Counter(
            "quartet_video_cost_usd",
            "What videos cost in US dollars, where the vendor tells.",
            ("provider", "model"),
            registry=registry,
        )
        self.in_flight = Gauge("quartet_video_in_flight", "Jobs in this worker's hands.", registry=registry)
        self._under_way = Gauge(
            "quartet_video_jobs_under_way",
            "Jobs of all users that have not ended, when last looked.",
            ("state",),
            registry=registry,
        )
        self.swept = Counter(
            "quartet_video_swept", "What the sweeper has put right.", ("what",), registry=registry
        )
        self.store_bytes = Gauge(
            "quartet_video_store_bytes", "Room that kept videos take, when last looked.", registry=registry
        )
        self.vendors = VendorMetrics(registry, "video")

    def ended(self, state: str, reason: str) -> None:
        self._jobs.labels(state=state, reason=reason).inc()

    def under_way(self, jobs_by_state: Mapping[str, int]) -> None:
        for state in (State.PENDING, State.SUBMITTING, State.RUNNING):
            self._under_way.labels(state=state).set(jobs_by_state.get(state, 0))

    def took(self, part: str, seconds: float) -> None:
        """`part`: queue, vendor or keeping."""
        self._seconds.labels(part=part).observe(max(0.0, seconds))

    def paid(self, provider: str, model: str, cost_micros: int) -> None:
        self._cost.labels(provider=provider, model=model).inc(cost_micros * USD_PER_MICRO)
