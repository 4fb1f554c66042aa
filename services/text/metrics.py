from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.providers.metrics import VendorMetrics
from services.text.conversation import Usage

FIRST_TOKEN_BUCKETS_SECONDS: Final = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    30,
    90,
)


class TextMetrics:
    """What the text service counts and times."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._first_token = Histogram(
            "quartet_text_first_token_seconds",
            "Time to the first token: what this service adds before it asks, and what the vendor takes.",
            ("part",),
            buckets=FIRST_TOKEN_BUCKETS_SECONDS,
            registry=registry,
        )
        self._replies = Counter(
            "quartet_text_replies", "Replies by how they ended.", ("finish", "reason"), registry=registry
        )
        self._tokens = Counter(
            "quartet_text_tokens", "Tokens used at the vendor.", ("model", "kind"), registry=registry
        )
        self._lost = Counter(
            "quartet_text_turns_not_kept", "Answers given that could not be stored.", registry=registry
        )
        self.active_streams = Gauge(
            "quartet_text_active_streams", "Answers under way now.", registry=registry
        )
        self._count_what_stands_beside(registry)
        self.vendors = VendorMetrics(registry, "text")

    def _count_what_stands_beside(self, registry: CollectorRegistry) -> None:
        """Memory, voices and pictures."""
        self._summaries = Counter(
            "quartet_text_summaries",
            "Summaries of conversations asked for; the reason of those that failed.",
            ("reason",),
            registry=registry,
        )
        self._voices = Counter(
            "quartet_text_voices",
            "Recordings heard and texts spoken, by how that ended.",
            ("skill", "outcome"),
            registry=registry,
        )
        self._voice_seconds = Counter(
            "quartet_text_voice_seconds",
            "Length of what was heard and spoken.",
            ("skill", "model"),
            registry=registry,
        )
        self._pictures = Counter(
            "quartet_text_pictures",
            "Pictures kept for later questions, and those looked up again, by how that went.",
            ("outcome",),
            registry=registry,
        )

    def first_token(self, *, added_seconds: float, vendor_seconds: float) -> None:
        self._first_token.labels(part="added").observe(added_seconds)
        self._first_token.labels(part="vendor").observe(vendor_seconds)

    def ended(self, finish: str, reason: str = "") -> None:
        self._replies.labels(finish=finish, reason=reason).inc()

    def used(self, usage: Usage) -> None:
        counts = {
            "input": usage.input_tokens - usage.cached_input_tokens,
            "cached_input": usage.cached_input_tokens,
            "output": usage.output_tokens - usage.reasoning_tokens,
            "reasoning": usage.reasoning_tokens,
        }
        for kind, count in counts.items():
            self._tokens.labels(model=usage.model, kind=kind).inc(max(count, 0))

    def summarised(self, reason: str = "") -> None:
        self._summaries.labels(reason=reason).inc()

    def voiced(self, skill: str, outcome: str, model: str, seconds: float) -> None:
        self._voices.labels(skill=skill, outcome=outcome).inc()
        if seconds:
            self._voice_seconds.labels(skill=skill, model=model).inc(seconds)

    def pictured(self, outcome: str) -> None:
        self._pictures.labels(outcome=outcome).inc()

    def turn_lost(self) -> None:
        self._lost.inc()
