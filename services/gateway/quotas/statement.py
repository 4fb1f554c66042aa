import math
from datetime import UTC, datetime

from nats.js import JetStreamContext
from nats.js.kv import KeyValue

from services.chassis.errors import ServiceUnavailable
from services.gateway.lease import NATS_ERRORS, Tenure
from services.gateway.quotas.ledger import Ledger
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.quotas import Use, total_uses, uses
from services.gateway.quotas.tally import Tally


class Statements:
    """What people have used, as it is kept: any replica can say it. Raises ServiceUnavailable."""

    def __init__(self, js: JetStreamContext, bucket: KeyValue, policy: Policy, *, bot_id: int) -> None:
        self._js = js
        self._bucket = bucket
        self._policy = policy
        self._bot_id = bot_id

    async def of(self, subject_id: int) -> list[Use]:
        """What a user has used, or a group, whose id is negative: for that, all accounts are read."""
        tally = await self._tally(str(subject_id) if subject_id > 0 else ">")
        return uses(tally, self._policy, subject_id, datetime.now(UTC))

    async def of_all(self) -> list[Use]:
        """What all people together have used: all accounts are read."""
        return total_uses(await self._tally(">"), self._policy, datetime.now(UTC))

    async def _tally(self, accounts: str) -> Tally:
        # It only reads, so it needs no right to speak.
        ledger = Ledger(self._js, self._bucket, bot_id=self._bot_id, tenure=Tenure(0, -math.inf))
        try:
            await ledger.load(accounts)
        except NATS_ERRORS as error:
            raise ServiceUnavailable("what people have used cannot be read") from error
        return ledger.tally
