from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import APIError, KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import TypeAdapter

from services.chassis.jetstream import Nats, ensure_bucket, entries, is_conflict
from services.video.account import KEPT_DAYS, Account, Limits, Use
from services.video.persistence import REQUEST_SECONDS, persist

BUCKET: Final = "video_allowances"
SECONDS_PER_DAY: Final = 86_400
CODEC: Final = TypeAdapter(Account)
NOTHING: Final = Account({})


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one user may still order."""

    limits: Limits
    under_way: int
    seconds_left: int
    renews_at: datetime


@dataclass(frozen=True, slots=True)
class Reservation:
    """Seconds of an order of which nobody has said yet how it ended."""

    user_id: int
    job_id: str
    reserved_at: datetime


class Allowances:
    """What users may order, exact under orders that come at once to several replicas.

    An order reserves its seconds; its end spends them or gives them back. Each is done once per job, however
    often it is repeated. Methods raise ServiceUnavailable if the store stays silent.
    """

    def __init__(
        self,
        js: JetStreamContext,
        bucket: KeyValue,
        limits: Limits,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._js = js
        self._bucket = bucket
        self._limits = limits
        self._now = now

    async def reserve(self, user_id: int, job_id: str, seconds: int) -> None:
        """Take seconds for an order. Raises QuotaExceeded, with the time until the day begins anew."""
        await self._change(
            user_id, lambda account: account.reserved(job_id, seconds, self._now(), self._limits)
        )

    async def settle(self, user_id: int, job_id: str, *, is_kept: bool) -> None:
        """The order has ended: its seconds are spent, or given back. What is settled stays so."""
        use = Use.SPENT if is_kept else Use.RETURNED
        await self._change(user_id, lambda account: account.settled(job_id, use))

    async def of(self, user_id: int) -> Allowance:
        """Say what a user may still order."""
        account, _ = await persist(lambda: self._read(user_id))
        now, limits = self._now(), self._limits
        left = max(0, limits.seconds_per_day - account.used_seconds(now, limits))
        return Allowance(limits, account.under_way, left, limits.renews_at(now))

    async def reservations(self) -> AsyncGenerator[Reservation]:
        """Yield what is reserved, of all users. Raises what NATS raises."""
        async with aclosing(entries(self._js, BUCKET)) as listed:
            async for stored in listed:
                for job_id, entry in CODEC.validate_json(stored.value).entries.items():
                    if entry.use is Use.RESERVED:
                        yield Reservation(int(stored.key), job_id, entry.reserved_at)

    async def _change(self, user_id: int, changed: Callable[[Account], Account]) -> None:
        async def write() -> None:
            while True:
                account, revision = await self._read(user_id)
                wanted = changed(account)
                if wanted == account:
                    return
                value = CODEC.dump_json(wanted.without_old_days(self._now()))
                try:
                    if revision:
                        await self._bucket.update(str(user_id), value, last=revision)
                    else:
                        await self._bucket.create(str(user_id), value)
                except APIError as error:
                    if not is_conflict(error):
                        raise
                    continue
                return

        await persist(write)

    async def _read(self, user_id: int) -> tuple[Account, int]:
        try:
            entry = await self._bucket.get(str(user_id))
        except KeyNotFoundError:
            return NOTHING, 0
        return CODEC.validate_json(entry.value or b""), entry.revision or 0


async def open_allowances(connection: Nats, limits: Limits, *, replicas: int) -> Allowances:
    """Create or update the bucket that this service owns. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="Seconds of video that users have ordered lately, owned by the video service.",
        history=1,
        ttl=KEPT_DAYS * SECONDS_PER_DAY,
        replicas=replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    return Allowances(js, await ensure_bucket(js, config), limits)
