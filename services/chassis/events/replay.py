from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy

from services.chassis.events.envelope import Event, MalformedEvent, Registry, decode
from services.chassis.jetstream import stored


async def replay(
    js: JetStreamContext, stream: str, subjects: Sequence[str], registry: Registry
) -> AsyncGenerator[Event[Any]]:
    """Yield the events that a stream keeps under some subjects, the oldest first, and end at the last.

    What is none of the registry's is passed over. Raises what NATS raises.
    """
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
    async with aclosing(stored(js, stream, subjects, config)) as messages:
        async for message in messages:
            try:
                yield decode(message, registry)
            except MalformedEvent:
                continue
