from collections.abc import AsyncGenerator
from typing import Final, NamedTuple

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

DELETED: Final = "KV-Operation"
BATCH: Final = 100
IDLE_SECONDS: Final = 60.0


class Entry(NamedTuple):
    """What stands in a bucket under a key, as of a revision."""

    key: str
    value: bytes
    revision: int


async def entries(
    js: JetStreamContext, bucket: str, keys: str = ">", *, after: int = 0
) -> AsyncGenerator[Entry]:
    """Yield what stands in a bucket, those written longest ago first; with `after` only what is newer.

    A key that is written meanwhile may come twice, the newer value last.

    The library's own watcher may say that all has been told before it has told anything (what is delivered
    while it looks how much is left is not counted), and who deletes what nobody names would delete too much.
    Here nothing is delivered before it is asked for. Raises what NATS raises.
    """
    prefix = f"$KV.{bucket}."
    subscription = await js.pull_subscribe(
        prefix + keys,
        stream=f"KV_{bucket}",
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE if after else DeliverPolicy.LAST_PER_SUBJECT,
            opt_start_seq=after + 1 if after else None,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=IDLE_SECONDS,
            mem_storage=True,
        ),
    )
    try:
        pending = (await subscription.consumer_info()).num_pending or 0
        while pending:
            for message in await subscription.fetch(min(pending, BATCH)):
                pending = message.metadata.num_pending
                if DELETED not in (message.headers or {}):
                    revision = message.metadata.sequence.stream
                    yield Entry(message.subject.removeprefix(prefix), message.data, revision)
    finally:
        await subscription.unsubscribe()
