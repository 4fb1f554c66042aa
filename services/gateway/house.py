from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.chassis.jetstream import Nats
from services.gateway.access.gate import Gate
from services.gateway.access.people_servicer import PeopleServicer
from services.gateway.access.register import Register, open_register
from services.gateway.bookkeeping.directory import Directory
from services.gateway.feedback.mailbox import Mailbox, open_mailbox
from services.gateway.quotas.ledger import quotas_bucket
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.statement import Statements
from services.gateway.quotas.treasury import Treasury
from services.gateway.settings import GatewaySettings


@dataclass(frozen=True)
class House:
    """The rules of the house: who is answered, how much each may have, and who may change that."""

    gate: Gate
    treasury: Treasury
    people: PeopleServicer
    register: Register
    policy: Policy
    statements: Statements
    mailbox: Mailbox


@asynccontextmanager
async def open_house(settings: GatewaySettings, nats: Nats, directory: Directory) -> AsyncIterator[House]:
    """Follow what operators set while the block runs. Raises ConfigurationConflict."""
    bot_id, replicas = settings.bot_id, settings.stream_replicas
    accounts = await quotas_bucket(nats, replicas=replicas)
    mailbox = await open_mailbox(nats, bot_id=bot_id, replicas=replicas)
    async with open_register(nats, bot_id=bot_id, replicas=replicas) as register:
        zone = ZoneInfo(settings.operator_time_zone)
        policy = Policy(settings.quotas, register, zone, admins=settings.admins)
        statements = Statements(nats.js, accounts, policy, bot_id=bot_id)
        yield House(
            Gate(register, settings.admins, flood_updates=settings.flood_updates),
            Treasury(nats.js, accounts, policy, bot_id=bot_id),
            PeopleServicer(register, policy, statements, directory, settings.keyring, settings.admins),
            register,
            policy,
            statements,
            mailbox,
        )
