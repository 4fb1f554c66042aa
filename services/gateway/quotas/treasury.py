from dataclasses import dataclass, field

from nats.js import JetStreamContext
from nats.js.kv import KeyValue

from services.gateway.lease import Tenure
from services.gateway.quotas.ledger import Ledger
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.quotas import Quotas


@dataclass(frozen=True)
class Treasury:
    """What a holder needs to know what people may spend."""

    js: JetStreamContext
    accounts: KeyValue
    policy: Policy
    bot_id: int = field(kw_only=True)

    async def open(self, tenure: Tenure) -> Quotas:
        """Read what has been spent, for one tenure. Raises what NATS raises."""
        ledger = Ledger(self.js, self.accounts, bot_id=self.bot_id, tenure=tenure)
        await ledger.load()
        return Quotas(ledger, self.policy)
