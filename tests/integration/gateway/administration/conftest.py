import secrets
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest

from services.chassis.audit import Audit, ensure_audit_stream
from services.chassis.jetstream import Nats
from services.chassis.roles import Admins
from services.gateway.access.register import open_register
from services.gateway.administration.office import Office
from services.gateway.feedback.correspondence import Correspondence
from services.gateway.feedback.mailbox import open_mailbox
from services.gateway.matters import Matters
from services.gateway.quotas.ledger import quotas_bucket
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.statement import Statements
from services.gateway.wording import Wording
from tests.integration.gateway.administration.rooms import ANALYST, OPERATOR, USUAL, NoPost, Rooms


@pytest.fixture
async def rooms(nats: Nats) -> AsyncIterator[Rooms]:
    bot_id = secrets.randbelow(10**9)
    admins = Admins(frozenset(), frozenset({OPERATOR}), frozenset({ANALYST}))
    await ensure_audit_stream(nats.js, replicas=1)
    mailbox = await open_mailbox(nats, bot_id=bot_id, replicas=1)
    async with open_register(nats, bot_id=bot_id, replicas=1) as register:
        policy = Policy(USUAL, register, ZoneInfo("Europe/Moscow"), admins=admins)
        bucket = await quotas_bucket(nats, replicas=1)
        statements = Statements(nats.js, bucket, policy, bot_id=bot_id)
        letters = Correspondence(mailbox, NoPost(), Wording.load())
        matters = Matters(nats.js)
        office = Office(register, policy, statements, mailbox, letters, matters, Audit(nats.js), admins)
        yield Rooms(office, policy, register)
