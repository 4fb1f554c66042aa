from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final, NamedTuple

from nats.aio.msg import Msg
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
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE if after else DeliverPolicy.LAST_PER_SUBJECT,
        opt_start_seq=after + 1 if after else None,
    )
    async with aclosing(stored(js, f"KV_{bucket}", [prefix + keys], config)) as messages:
        async for message in messages:
            if DELETED not in (message.headers or {}):
                revision = message.metadata.sequence.stream
                yield Entry(message.subject.removeprefix(prefix), message.data, revision)


async def stored(
    js: JetStreamContext, stream: str, subjects: Sequence[str], config: ConsumerConfig
) -> AsyncGenerator[Msg]:
    """Yield what a stream keeps under some subjects, from where `config` says, and end at the last.

    Raises what NATS raises.
    """
    asked = config.evolve(
        filter_subjects=list(subjects),
        ack_policy=AckPolicy.NONE,
        inactive_threshold=IDLE_SECONDS,
        mem_storage=True,
    )
    subscription = await js.pull_subscribe("", stream=stream, config=asked)
    try:
        pending = (await subscription.consumer_info()).num_pending or 0
        while pending:
            for message in await subscription.fetch(min(pending, BATCH)):
                pending = message.metadata.num_pending
                yield message
    finally:
        await subscription.unsubscribe()
