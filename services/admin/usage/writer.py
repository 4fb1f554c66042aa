import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final, Protocol

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from services.admin.clickhouse import RowsRefused, StatementRefused
from services.admin.metrics import AdminMetrics
from services.admin.usage.batch import Batch, oldest, sort
from services.admin.usage.intake import DEAD_SUBJECT, DURABLE, Intake
from services.chassis.backoff import Backoff
from services.chassis.errors import InvalidRequest, ServiceUnavailable
from services.chassis.events import bury
from services.chassis.failpoints import Failpoints
from services.chassis.signals import is_set_within

log = structlog.get_logger()

PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0


class Tables(Protocol):
    """Where rows go."""

    async def insert(
        self, table: str, columns: list[str], rows: list[list[object]], *, token: str
    ) -> None: ...


class Writer:
    """Writes usage events into ClickHouse, and acknowledges them when it has confirmed that.

    While ClickHouse is away it holds on to what it has in its hands, and the rest stays in the stream. A row
    that ClickHouse never takes is found by halving and becomes a dead letter. What is written twice, because
    an acknowledgement was lost or the process died before it, is one row: see migration 0001.
    """

    def __init__(
        self,
        js: JetStreamContext,
        intake: Intake,
        tables: Tables,
        metrics: AdminMetrics,
        failpoints: Failpoints,
    ) -> None:
        self._js = js
        self._intake = intake
        self._tables = tables
        self._metrics = metrics
        self._failpoints = failpoints
        self._backoff = Backoff(PAUSE_SECONDS, longest_seconds=LONGEST_PAUSE_SECONDS)

    async def run(self, stop: asyncio.Event) -> None:
        """Write until `stop` is set; what cannot be written then is given back."""
        try:
            while not stop.is_set():
                messages = await self._intake.gather(stop)
                if messages:
                    await self._settle(messages, stop)
        finally:
            with suppress(nats.errors.Error):
                await self._intake.aclose()

    async def _settle(self, messages: list[Msg], stop: asyncio.Event) -> None:
        self._metrics.pending.set(messages[-1].metadata.num_pending or 0)
        async with _in_progress(messages, self._intake.ack_wait_seconds / 3):
            sorted_ = await asyncio.to_thread(sort, messages, datetime.now(UTC))
            for msg, problem in sorted_.malformed:
                await self._bury(msg, problem)
            await self._failpoints.hit("usage.before_insert")
            for batch in sorted_.batches:
                await self._write(batch, stop)
        first = oldest(sorted_.batches)
        if first is not None:
            self._metrics.lag_seconds.set(max(0.0, (datetime.now(UTC) - first).total_seconds()))

    async def _write(self, batch: Batch, stop: asyncio.Event) -> None:
        while True:
            try:
                await self._insert(batch)
                return
            except RowsRefused as error:
                await self._part(batch, error, stop)
                return
            except (ServiceUnavailable, StatementRefused) as error:
                self._metrics.clickhouse_up.set(0)
                pause_seconds = self._backoff.next_seconds()
                log.warning("usage_waits", table=batch.table, error=str(error), seconds=pause_seconds)
                if await is_set_within(stop, pause_seconds):
                    await _each(batch, "nak")
                    return

    async def _insert(self, batch: Batch) -> None:
        began = time.monotonic()
        await self._tables.insert(batch.table, batch.columns, batch.rows, token=batch.token)
        await self._failpoints.hit("usage.inserted")
        await _each(batch, "ack")
        self._metrics.insert_seconds.observe(time.monotonic() - began)
        self._metrics.rows.labels(table=batch.table).inc(len(batch.letters))
        self._metrics.clickhouse_up.set(1)
        self._backoff.reset()

    async def _part(self, batch: Batch, error: RowsRefused, stop: asyncio.Event) -> None:
        """Find the rows that are refused, and write the others."""
        if len(batch.letters) == 1:
            await self._bury(batch.letters[0].msg, f"{batch.table}: ClickHouse's code {error.code}")
            return
        for half in batch.halves():
            await self._write(half, stop)

    async def _bury(self, msg: Msg, problem: str) -> None:
        self._metrics.dead.inc()
        with suppress(nats.errors.Error):
            await bury(self._js, msg, InvalidRequest(problem), durable=DURABLE, dead_letters=DEAD_SUBJECT)


@asynccontextmanager
async def _in_progress(messages: Iterable[Msg], interval_seconds: float) -> AsyncIterator[None]:
    """Keep messages from being delivered again while they are worked on."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(interval_seconds)
            for msg in messages:
                # Those that are settled by now refuse, and that is well.
                with suppress(nats.errors.Error):
                    await msg.in_progress()

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()


async def _each(batch: Batch, verdict: str) -> None:
    """Settle each message; where NATS is away they come again."""
    for letter in batch.letters:
        with suppress(nats.errors.Error):
            await (letter.msg.ack() if verdict == "ack" else letter.msg.nak())
