from typing import Final

from nats.js import JetStreamContext
from nats.js.api import StreamConfig

from services.chassis.jetstream import ensure_stream

STREAM: Final = "PRIVACY"
SUBJECTS: Final = "quartet.privacy.*"
USER_FORGOTTEN: Final = "quartet.privacy.user_forgotten"
# Longer than any outage of ClickHouse is let be.
KEPT_SECONDS: Final = 90 * 86_400.0


async def ensure_privacy_stream(js: JetStreamContext, *, replicas: int) -> None:
    """Make the stream of what people want erased, whoever comes first. Raises ConfigurationConflict."""
    config = StreamConfig(name=STREAM, subjects=[SUBJECTS], max_age=KEPT_SECONDS, num_replicas=replicas)
    await ensure_stream(js, config)
