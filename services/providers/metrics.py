from prometheus_client import CollectorRegistry, Counter, Enum

from services.providers.breaker import State


class VendorMetrics:
    """What a service counts of its vendors, under names of its own: `quartet_<service>_vendor_…`."""

    def __init__(self, registry: CollectorRegistry, service: str) -> None:
        self._failovers = Counter(
            f"quartet_{service}_vendor_failovers",
            "How often a vendor could not answer and the next one was asked.",
            ("provider", "reason"),
            registry=registry,
        )
        self._retries = Counter(
            f"quartet_{service}_vendor_retries",
            "How often vendors were asked again after a pause, none being left; the first of them.",
            ("provider", "reason"),
            registry=registry,
        )
        self._state = Enum(
            f"quartet_{service}_vendor_state",
            "Whether a vendor is asked (closed), not for now (open), or for one trial (half_open).",
            ("provider",),
            states=[state.value for state in State],
            registry=registry,
        )

    def failed_over(self, provider: str, reason: str) -> None:
        self._failovers.labels(provider=provider, reason=reason).inc()

    def asked_again(self, provider: str, reason: str) -> None:
        self._retries.labels(provider=provider, reason=reason).inc()

    def state(self, provider: str, state: State) -> None:
        self._state.labels(provider=provider).state(state.value)
