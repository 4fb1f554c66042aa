import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from nats.js.errors import NotFoundError
from quartet.common.v1.usage_events_pb2 import RequestFinished, UsageHeader, UsageOutcome

from services.admin.usage.intake import DEAD_STREAM, DURABLE
from services.chassis.jetstream import Nats
from services.chassis.usage import STREAM, UsageEvent, UsagePublisher, request_id

PATIENCE_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 0.03


def requests(count: int, *, cost_micros: int = 1000, prefix: str = "turn") -> list[RequestFinished]:
    """Requests of the last minutes that cost so much each."""
    happened = Timestamp()
    happened.FromDatetime(datetime.now(UTC) - timedelta(minutes=5))
    return [
        RequestFinished(
            header=UsageHeader(event_id=request_id(f"{prefix}.{number}"), happen_time=happened),
            service="text",
            outcome=UsageOutcome.USAGE_OUTCOME_OK,
            cost_micros=cost_micros,
        )
        for number in range(count)
    ]


async def publish(usage: UsagePublisher, events: Iterable[UsageEvent]) -> None:
    await asyncio.gather(*map(usage.publish, events))


async def until_all_is_settled(nats: Nats) -> None:
    """Wait until the writer has nothing left to read or to acknowledge."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                info = await nats.js.consumer_info(STREAM, DURABLE)
            except NotFoundError:
                pass
            else:
                if not info.num_pending and not info.num_ack_pending:
                    return
            await asyncio.sleep(LOOK_SECONDS)


async def dead_letters(nats: Nats) -> int:
    return (await nats.js.stream_info(DEAD_STREAM)).state.messages
