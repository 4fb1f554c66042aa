from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc

from services.admin.clickhouse import Database
from services.admin.insight import Insight
from services.admin.panel.access.audit import AuditLog
from services.admin.panel.access.sessions import Sessions
from services.admin.panel.campaigns import Campaigns
from services.admin.panel.switchboard import Switchboard
from services.admin.questions import Questions
from services.admin.settings import AdminSettings
from services.admin.workloads.workload import Workloads
from services.chassis.audit import Audit
from services.chassis.client import channel
from services.chassis.jetstream import Nats


@dataclass(frozen=True)
class Neighbours:
    """The services that pages ask."""

    gateway: grpc.aio.Channel
    video: grpc.aio.Channel


@dataclass(frozen=True)
class Desk:
    """What pages may use."""

    settings: AdminSettings
    nats: Nats
    database: Database
    questions: Questions
    insight: Insight
    workloads: Workloads
    neighbours: Neighbours
    sessions: Sessions
    audit: Audit
    audit_log: AuditLog
    switchboard: Switchboard
    campaigns: Campaigns


@asynccontextmanager
async def open_neighbours(settings: AdminSettings) -> AsyncIterator[Neighbours]:
    """Connect to the services; nothing is sent yet."""
    tls = settings.tls_directory
    async with (
        channel(settings.gateway_target, tls) as gateway,
        channel(settings.video_target, tls) as video,
    ):
        yield Neighbours(gateway, video)
