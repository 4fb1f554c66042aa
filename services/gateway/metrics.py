from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.5, 5.0, 8.0, 13.0, 30.0, 60.0, 120.0)


class GatewayMetrics:
    """What the gateway counts and times."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.updates = Counter(
            "quartet_gateway_updates", "Updates taken in.", ["kind", "outcome"], registry=registry
        )
        self.speaking = Gauge(
            "quartet_gateway_speaking", "1 while this process holds the lease.", registry=registry
        )
        self.conversations = Gauge(
            "quartet_gateway_busy_conversations", "Conversations with work under way.", registry=registry
        )
        self.answers = Counter("quartet_gateway_answers", "Answers by their end.", ["end"], registry=registry)
        self.first_text_seconds = Histogram(
            "quartet_gateway_first_text_seconds",
            "From taking an update in to showing the first text.",
            registry=registry,
            buckets=SECONDS,
        )
        self.final_text_seconds = Histogram(
            "quartet_gateway_final_text_seconds",
            "From taking an update in to the last part sent.",
            registry=registry,
            buckets=SECONDS,
        )
        self.pictures = Counter(
            "quartet_gateway_pictures", "Pictures by their end.", ["end"], registry=registry
        )
        self.videos = Counter(
            "quartet_gateway_videos", "Videos by what became of them in the chat.", ["end"], registry=registry
        )
        self.video_seconds = Histogram(
            "quartet_gateway_video_seconds",
            "Time from an order's arrival to what its message became in the end.",
            buckets=(5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 1800, 3600, 14400, 86400),
            registry=registry,
        )
        self.picture_seconds = Histogram(
            "quartet_gateway_picture_seconds",
            "From taking an update in to its picture sent.",
            registry=registry,
            buckets=SECONDS,
        )
        self.api_calls = Histogram(
            "quartet_gateway_api_call_seconds",
            "Bot API calls.",
            ["method", "outcome"],
            registry=registry,
            buckets=SECONDS,
        )
        self.ambiguous_sends = Counter(
            "quartet_gateway_ambiguous_sends",
            "Messages sent again because nobody knows whether Telegram had them.",
            registry=registry,
        )
        self.handler_failures = Counter(
            "quartet_gateway_handler_failures", "Updates whose handling failed.", registry=registry
        )
