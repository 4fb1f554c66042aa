import math
from datetime import UTC, datetime

from nats.js import JetStreamContext
from nats.js.kv import KeyValue

from services.chassis.errors import ServiceUnavailable
from services.gateway.lease import NATS_ERRORS, Tenure
from services.gateway.quotas.ledger import Ledger
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.quotas import Use, uses


class Statements:
    """What people have used, as it is kept: any replica can say it. Raises ServiceUnavailable."""

    def __init__(self, js: JetStreamContext, bucket: KeyValue, policy: Policy, *, bot_id: int) -> None:
        self._js = js
        self._bucket = bucket
        self._policy = policy
        self._bot_id = bot_id

    async def of(self, subject_id: int) -> list[Use]:
        """What a user has used, or a group, whose id is negative: for that, all accounts are read."""
        # It only reads, so it needs no right to speak.
        ledger = Ledger(self._js, self._bucket, bot_id=self._bot_id, tenure=Tenure(0, -math.inf))
        try:
            await ledger.load(str(subject_id) if subject_id > 0 else ">")
        except NATS_ERRORS as error:
            raise ServiceUnavailable("what people have used cannot be read") from error
        return uses(ledger.tally, self._policy, subject_id, datetime.now(UTC))
