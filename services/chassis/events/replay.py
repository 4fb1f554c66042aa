from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from services.chassis.events.envelope import Event, MalformedEvent, Registry, decode

BATCH: Final = 100
IDLE_SECONDS: Final = 60.0


async def replay(
    js: JetStreamContext, stream: str, subjects: Sequence[str], registry: Registry
) -> AsyncGenerator[Event[Any]]:
    """Yield the events that a stream keeps under some subjects, the oldest first, and end at the last.

    What is none of the registry's is passed over. Raises what NATS raises.
    """
    subscription = await js.pull_subscribe(
        "",
        stream=stream,
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.NONE,
            filter_subjects=list(subjects),
            inactive_threshold=IDLE_SECONDS,
            mem_storage=True,
        ),
    )
    try:
        pending = (await subscription.consumer_info()).num_pending or 0
        while pending:
            for message in await subscription.fetch(min(pending, BATCH)):
                pending = message.metadata.num_pending
                try:
                    yield decode(message, registry)
                except MalformedEvent:
                    continue
    finally:
        await subscription.unsubscribe()
