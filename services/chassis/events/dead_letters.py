from typing import Final

import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from services.chassis.errors import QuartetError, ServiceUnavailable
from services.chassis.events.publisher import store

log = structlog.get_logger()

STORE_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 60.0


async def bury(
    js: JetStreamContext, msg: Msg, error: QuartetError, *, durable: str, dead_letters: str
) -> None:
    """Move a message to the subject `dead_letters`, with its headers and the reason.

    Only then does it leave its consumer; where it cannot be stored it comes again in a minute.
    """
    place = msg.metadata
    headers = {
        **(msg.headers or {}),
        # Its own id: under the first one, a stream that holds both would drop this as a duplicate.
        "Nats-Msg-Id": f"dead.{durable}.{place.stream}.{place.sequence.stream}",
        "quartet-dead-reason": error.reason,
        "quartet-dead-message": " ".join(error.message.split()),
        "quartet-dead-subject": msg.subject,
        "quartet-dead-consumer": durable,
    }
    log.error("event_dead", consumer=durable, sequence=place.sequence.stream, reason=error.reason)
    try:
        await store(js, dead_letters, msg.data, headers, STORE_SECONDS)
    except ServiceUnavailable:
        await msg.nak(delay=RETRY_SECONDS)
        return
    await msg.term()
