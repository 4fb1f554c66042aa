from typing import Final

from quartet.admin.v1.alert_events_pb2 import AlertKind

from services.admin.clickhouse import Database
from services.admin.settings import AdminSettings
from services.admin.watch.gauges import (
    DEAD_STREAM,
    VIDEO_WORK,
    VIDEO_WORKERS,
    WRITER,
    Disk,
    ErrorRate,
    Limit,
    OldestWaiting,
    StreamLength,
)
from services.admin.watch.watch import Matter
from services.chassis.jetstream import Nats
from services.chassis.usage import STREAM as USAGE

ERROR_PERCENT: Final = Limit(20.0, 10.0)
# The longest that a video may wait for its turn before somebody should look.
QUEUE_SECONDS: Final = Limit(1800.0, 600.0)
DEAD_LETTERS: Final = Limit(0.0, 0.0)
DISK_PERCENT: Final = Limit(90.0, 85.0)
LAG_SECONDS: Final = Limit(300.0, 60.0)


def matters_of(settings: AdminSettings, nats: Nats, database: Database) -> list[Matter]:
    """Say what is watched, and from where on somebody is told."""
    js = nats.js
    # Telegram takes no address of this machine in a button.
    panel = settings.panel_url.rstrip("/") if settings.panel_url.startswith("https://") else ""

    def page(path: str) -> str:
        return f"{panel}{path}" if panel else ""

    matters = [
        Matter(
            AlertKind.ALERT_KIND_ERROR_RATE,
            ErrorRate(database, settings.environment),
            ERROR_PERCENT,
            page("/failures"),
        ),
        Matter(
            AlertKind.ALERT_KIND_VIDEO_QUEUE,
            OldestWaiting(js, VIDEO_WORK, VIDEO_WORKERS),
            QUEUE_SECONDS,
            page("/videos"),
        ),
        Matter(
            AlertKind.ALERT_KIND_DEAD_LETTERS,
            StreamLength(js, DEAD_STREAM),
            DEAD_LETTERS,
            page("/figures/quality"),
        ),
        Matter(
            AlertKind.ALERT_KIND_USAGE_LAG,
            OldestWaiting(js, USAGE, WRITER),
            LAG_SECONDS,
            page("/figures/quality"),
        ),
    ]
    if not database.home.is_server:
        disk = Disk(settings.admin_directory)
        matters.append(Matter(AlertKind.ALERT_KIND_DISK, disk, DISK_PERCENT, page("/")))
    return matters
