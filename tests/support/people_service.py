import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry

from services.chassis.jetstream import connect
from services.chassis.roles import Admins
from services.chassis.server import serving
from services.chassis.settings import ServiceSettings
from services.gateway.access.people_servicer import PeopleServicer
from services.gateway.access.register import Register, open_register
from services.gateway.bookkeeping.directory import Directory, open_directory
from services.gateway.bookkeeping.keyring import Keyring
from services.gateway.quotas.ledger import quotas_bucket
from services.gateway.quotas.plan import Plan
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.statement import Statements
from tests.support.ports import free_port

KEYRING: Final = Keyring(b"people")


@dataclass(frozen=True)
class PeopleDesk:
    """The gateway's PeopleService, and what it has been told."""

    target: str
    register: Register
    directory: Directory


@asynccontextmanager
async def people_service(nats_url: str, usual: Plan, admins: Admins) -> AsyncIterator[PeopleDesk]:
    """Serve what any gateway serves of it, for the block."""
    bot_id = secrets.randbelow(10**9)
    settings = ServiceSettings(nats_url=nats_url, grpc_port=free_port(), metrics_port=free_port())
    async with (
        connect(nats_url, name="gateway") as nats,
        open_register(nats, bot_id=bot_id, replicas=1) as register,
    ):
        policy = Policy(usual, register, ZoneInfo("Europe/Moscow"))
        accounts = await quotas_bucket(nats, replicas=1)
        statements = Statements(nats.js, accounts, policy, bot_id=bot_id)
        directory = await open_directory(nats, replicas=1)
        servicer = PeopleServicer(register, policy, statements, directory, KEYRING, admins)
        served = [servicer.registration()]
        async with serving(settings, served, checks={"nats": nats.ping}, registry=CollectorRegistry()):
            yield PeopleDesk(f"dns:///127.0.0.1:{settings.grpc_port}", register, directory)
