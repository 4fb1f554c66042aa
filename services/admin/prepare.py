import asyncio
from contextlib import AsyncExitStack

import structlog

from services.admin.app import clickhouse_of, ensure_streams, migrate_under
from services.admin.clickhouse import StatementRefused
from services.admin.locks import open_locks
from services.admin.settings import AdminSettings
from services.chassis.errors import ServiceUnavailable, StartupError
from services.chassis.jetstream import connect
from services.chassis.process import launch

log = structlog.get_logger()


async def main(settings: AdminSettings, _stop: asyncio.Event) -> None:
    """Make what a release needs before its first process: streams that all share, and the server's schema.

    It may run beside the previous release, several times, and at once. Raises StartupError.
    """
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="admin-prepare"))
        await ensure_streams(nats, replicas=settings.stream_replicas)
        locks = await open_locks(nats, replicas=settings.stream_replicas)
        database = await stack.enter_async_context(clickhouse_of(settings))
        try:
            done = await migrate_under(locks, database)
        except (ServiceUnavailable, StatementRefused) as error:
            raise StartupError(f"ClickHouse cannot be prepared: {error}") from error
        log.info("prepared", migrations=[each.version for each in done])


if __name__ == "__main__":
    launch("admin", AdminSettings, main)
