import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

import structlog
from nats.js.kv import KeyValue

from services.admin.clickhouse import Database, StatementRefused, migration, open_database
from services.admin.clickhouse.homes import home_of
from services.admin.clickhouse.migrating import migrate
from services.admin.insight import open_insight
from services.admin.locks import Lock, open_locks
from services.admin.metrics import AdminMetrics
from services.admin.panel.app import Panel, open_panel
from services.admin.panel.campaign_servicer import CampaignServicer
from services.admin.panel.servicer import AccessServicer
from services.admin.panel.switch_servicer import SwitchServicer
from services.admin.questions import Questions, shipped
from services.admin.servicer import UsageServicer
from services.admin.settings import AdminSettings
from services.admin.usage.forgetting import forgetting_consumer
from services.admin.usage.intake import Intake, ensure_dead_letters
from services.admin.usage.rollups import Rollups
from services.admin.usage.writer import Writer
from services.admin.watch.matters import matters_of
from services.admin.watch.watch import open_watch
from services.admin.workloads.homes import open_workloads
from services.admin.workloads.servicer import WorkloadServicer
from services.chassis.backoff import Backoff
from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Consumer
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.chassis.privacy import ensure_privacy_stream
from services.chassis.server import Registration
from services.chassis.signals import is_set_within
from services.chassis.usage import ensure_usage_stream

log = structlog.get_logger()

PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
WATCH_SECONDS: Final = 30.0


class Analytics:
    """What goes on by itself: the schema is brought up to date, then events are written and summed up."""

    def __init__(
        self, database: Database, locks: KeyValue, writer: Writer, rollups: Rollups, forgetting: Consumer
    ) -> None:
        self._database = database
        self._locks = locks
        self._writer = writer
        self._rollups = rollups
        self._forgetting = forgetting

    async def run(self, stop: asyncio.Event) -> None:
        """Wait for ClickHouse as long as it takes, then work until `stop` is set."""
        backoff = Backoff(PAUSE_SECONDS, longest_seconds=LONGEST_PAUSE_SECONDS)
        while not await self._migrated():
            if await is_set_within(stop, backoff.next_seconds()):
                return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._writer.run(stop))
            group.create_task(self._rollups.run(stop))
            group.create_task(self._forgetting.run(stop))

    async def _migrated(self) -> bool:
        try:
            await migrate_under(self._locks, self._database)
        except (ServiceUnavailable, StatementRefused) as error:
            log.warning("clickhouse_waits", error=str(error))
            return False
        return True


def clickhouse_of(settings: AdminSettings) -> AbstractAsyncContextManager[Database]:
    """Where what happened is kept."""
    return open_database(
        home_of(settings),
        settings.clickhouse_database,
        readers=settings.clickhouse_readers,
        question_seconds=settings.clickhouse_question_seconds,
        question_bytes=settings.clickhouse_question_bytes,
    )


async def migrate_under(locks: KeyValue, database: Database) -> list[migration.Migration]:
    """Bring the schema up to date, one process at a time. Raises ServiceUnavailable, StatementRefused."""
    # Whoever holds the embedded engine's directory is alone anyway.
    lock = Lock(locks, f"migrate.{database.name}") if database.home.is_server else nullcontext()
    return await migrate(database, migration.shipped(), lock)


async def ensure_streams(nats: Nats, *, replicas: int) -> None:
    """Make the streams that every service writes to and this one reads. Raises ConfigurationConflict."""
    await ensure_usage_stream(nats.js, replicas=replicas)
    await ensure_privacy_stream(nats.js, replicas=replicas)
    await ensure_dead_letters(nats.js, replicas=replicas)


@dataclass(frozen=True)
class Admin:
    """What the service serves."""

    registrations: list[Registration]
    panel: Panel


@asynccontextmanager
async def open_admin(
    settings: AdminSettings, nats: Nats, metrics: AdminMetrics, failpoints: Failpoints, stop: asyncio.Event
) -> AsyncIterator[Admin]:
    """Put together what keeps, answers and shows; it works until `stop` is set, or the block ends."""
    await ensure_streams(nats, replicas=settings.stream_replicas)
    locks = await open_locks(nats, replicas=settings.stream_replicas)
    async with clickhouse_of(settings) as database, asyncio.TaskGroup() as group:
        intake = Intake(
            nats.js,
            max_messages=settings.usage_batch_rows,
            max_seconds=settings.usage_batch_seconds,
            ack_wait_seconds=settings.usage_ack_wait_seconds,
        )
        writer = Writer(nats.js, intake, database, metrics, failpoints)
        rollups = Rollups(database, metrics, interval_seconds=settings.rollup_seconds)
        forgetting = forgetting_consumer(nats, database)
        matters = matters_of(settings, nats, database)
        watch = await open_watch(
            nats, matters, replicas=settings.stream_replicas, interval_seconds=WATCH_SECONDS
        )
        watching = group.create_task(watch.run(stop))
        working = group.create_task(Analytics(database, locks, writer, rollups, forgetting).run(stop))
        try:
            questions = Questions(database, shipped())
            async with (
                open_insight(settings, database) as insight,
                open_workloads(settings.workloads_selector, settings.quartet_release) as workloads,
                open_panel(settings, nats, database, questions, insight, workloads, stop) as panel,
            ):
                servicers = (
                    UsageServicer(questions, insight, settings.admins, metrics),
                    AccessServicer(panel.desk, panel.links),
                    CampaignServicer(panel.desk.campaigns, settings.admins),
                    SwitchServicer(panel.desk.switchboard, settings.admins, panel.desk.audit),
                    WorkloadServicer(workloads, settings.admins),
                )
                yield Admin([servicer.registration() for servicer in servicers], panel)
        finally:
            if not stop.is_set():
                working.cancel()
                watching.cancel()
