import time
from contextlib import aclosing
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.kv import KeyValue
from pydantic import BaseModel, ConfigDict

from services.admin.panel.access.keeping import FAILURES
from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import Nats, ensure_bucket, entries

BUCKET: Final = "campaigns"
KEPT_SECONDS: Final = 90 * 86_400.0


class Campaign(BaseModel):
    """A broadcast: who ordered it, and what it says."""

    model_config = ConfigDict(frozen=True)

    campaign_id: str
    actor_id: int
    markdown: str
    ordered_at: float
    scheduled_at: float = 0.0


class Campaigns:
    """The broadcasts of the last 90 days; the gateway knows how far each is. Raises ServiceUnavailable."""

    def __init__(self, js: JetStreamContext, bucket: KeyValue) -> None:
        self._js = js
        self._bucket = bucket

    async def keep(self, campaign: Campaign) -> None:
        """Write one down, before it is ordered: what is sent can be found."""
        try:
            await self._bucket.put(campaign.campaign_id, campaign.model_dump_json().encode())
        except FAILURES as error:
            raise ServiceUnavailable("the broadcasts cannot be written now") from error

    async def latest(self, most: int) -> list[Campaign]:
        """Return the newest first."""
        try:
            async with aclosing(entries(self._js, BUCKET)) as listed:
                found = [Campaign.model_validate_json(one.value) async for one in listed]
        except FAILURES as error:
            raise ServiceUnavailable("the broadcasts cannot be read now") from error
        return sorted(found, key=lambda one: one.ordered_at, reverse=True)[:most]


def new_campaign(campaign_id: str, actor_id: int, markdown: str, scheduled_at: float) -> Campaign:
    """Say what is ordered now."""
    return Campaign(
        campaign_id=campaign_id,
        actor_id=actor_id,
        markdown=markdown,
        ordered_at=time.time(),
        scheduled_at=scheduled_at,
    )


async def open_campaigns(nats: Nats, *, replicas: int) -> Campaigns:
    """Make the bucket. Raises ConfigurationConflict."""
    config = KeyValueConfig(bucket=BUCKET, ttl=KEPT_SECONDS, replicas=replicas)
    return Campaigns(nats.js, await ensure_bucket(nats.js, config))
