from typing import Final

import nats.errors
import structlog
from nats.js import JetStreamContext
from nats.js.errors import APIError
from quartet.common.v1.privacy_events_pb2 import UserForgotten

from services.admin.clickhouse import Database, StatementRefused
from services.admin.usage.intake import DURABLE as WRITER
from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Consumer, Event, registry
from services.chassis.jetstream import Nats
from services.chassis.privacy import STREAM, USER_FORGOTTEN
from services.chassis.usage import STREAM as USAGE

log = structlog.get_logger()

DURABLE: Final = "admin-forgetting"
DEAD_SUBJECT: Final = "quartet.dead.admin.privacy"
ACK_WAIT_SECONDS: Final = 30.0
# A mutation is waited for on every replica: until then somebody could still read the key.
WAITED_FOR: Final = {"mutations_sync": 2}
ERASING: Final = (
    "ALTER TABLE requests UPDATE user_key = 0, chat_key = if(chat_key = {chat_key:UInt64}, 0, chat_key) "
    "WHERE user_key = {user_key:UInt64}",
    "ALTER TABLE model_calls UPDATE user_key = 0 WHERE user_key = {user_key:UInt64}",
    "ALTER TABLE refusals UPDATE user_key = 0, chat_key = if(chat_key = {chat_key:UInt64}, 0, chat_key) "
    "WHERE user_key = {user_key:UInt64}",
    "ALTER TABLE rollup_user_day DELETE WHERE user_key = {user_key:UInt64}",
)


class Forgetting:
    """Takes the keys of who wants to be forgotten out of every row; what happened stays, as nobody's.

    It may be done again. Rows on their way are waited for, or they would come after.
    """

    def __init__(self, js: JetStreamContext, database: Database) -> None:
        self._js = js
        self._database = database

    async def handle(self, event: Event[UserForgotten]) -> None:
        """Raises ServiceUnavailable: the event comes again."""
        forgotten = event.message
        await self._require_written(forgotten.usage_sequence)
        keys = {"user_key": forgotten.user_key, "chat_key": forgotten.chat_key}
        for statement in ERASING:
            try:
                await self._database.command(statement, keys, settings=WAITED_FOR)
            except StatementRefused as error:
                log.error("user_not_forgotten", detail=str(error))
                raise ServiceUnavailable("ClickHouse refuses to forget") from error
        log.info("user_forgotten")

    async def _require_written(self, sequence: int) -> None:
        try:
            info = await self._js.consumer_info(USAGE, WRITER)
        except (APIError, nats.errors.Error) as error:
            raise ServiceUnavailable("the writer cannot be asked how far it is") from error
        is_idle = not info.num_pending and not info.num_ack_pending
        written = info.ack_floor.stream_seq if info.ack_floor else 0
        if not is_idle and (written or 0) < sequence:
            raise ServiceUnavailable("usage events of before are still to be written")


def forgetting_consumer(nats_: Nats, database: Database) -> Consumer:
    """Return what takes people's wishes to be forgotten, however long ClickHouse is away."""
    return Consumer(
        nats_.js,
        STREAM,
        DURABLE,
        [USER_FORGOTTEN],
        registry(UserForgotten),
        Forgetting(nats_.js, database).handle,
        concurrency=1,
        ack_wait_seconds=ACK_WAIT_SECONDS,
        max_deliver=0,
        dead_letters=DEAD_SUBJECT,
        reconnected=nats_.reconnected,
    )
