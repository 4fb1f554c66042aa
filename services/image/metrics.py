from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.providers.metrics import VendorMetrics

BUCKETS_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 240)
USD_PER_MICRO: Final = 1e-6


class ImageMetrics:
    """What the image service counts and times."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._pictures = Counter(
            "quartet_image_pictures",
            "Pictures ordered, by how that ended.",
            ("kind", "outcome", "reason"),
            registry=registry,
        )
        self._seconds = Histogram(
            "quartet_image_seconds",
            "Time to a picture: what this service adds before and after, and what the vendors take.",
            ("part",),
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )
        self._cost = Counter(
            "quartet_image_cost_usd",
            "What pictures cost in US dollars, where a price is known.",
            ("provider", "model"),
            registry=registry,
        )
        self.in_flight = Gauge("quartet_image_in_flight", "Pictures under way now.", registry=registry)
        self.store_bytes = Gauge(
            "quartet_image_store_bytes", "Room that kept pictures take, when last looked.", registry=registry
        )
        self.vendors = VendorMetrics(registry, "image")

    def ended(self, kind: str, outcome: str, reason: str) -> None:
        self._pictures.labels(kind=kind, outcome=outcome, reason=reason).inc()

    def drawn(self, *, added_seconds: float, vendor_seconds: float) -> None:
        self._seconds.labels(part="added").observe(added_seconds)
        self._seconds.labels(part="vendor").observe(vendor_seconds)

    def paid(self, provider: str, model: str, cost_micros: int) -> None:
        self._cost.labels(provider=provider, model=model).inc(cost_micros * USD_PER_MICRO)
