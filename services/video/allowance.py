from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import APIError, KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import TypeAdapter

from services.chassis.errors import QuotaExceeded
from services.chassis.jetstream import Nats, ensure_bucket, is_conflict
from services.video.persistence import REQUEST_SECONDS, persist

BUCKET: Final = "video_allowances"
# Longer than any job may take: what is asked about a day that is over is not answered.
KEPT_DAYS: Final = 3
SECONDS_PER_DAY: Final = 86_400


class Use(StrEnum):
    """What became of the seconds of an order."""

    RESERVED = "reserved"
    SPENT = "spent"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Entry:
    """The seconds of one order."""

    seconds: int
    reserved_at: datetime
    use: Use = Use.RESERVED


@dataclass(frozen=True, slots=True)
class Account:
    """What a user has ordered lately, by job."""

    entries: dict[str, Entry]

    @property
    def under_way(self) -> int:
        return sum(entry.use is Use.RESERVED for entry in self.entries.values())


@dataclass(frozen=True, slots=True)
class Limits:
    """What one user may have: videos under way at once, and seconds of video a day."""

    max_at_once: int
    seconds_per_day: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one user may still order."""

    limits: Limits
    under_way: int
    seconds_left: int
    renews_at: datetime


CODEC: Final = TypeAdapter(Account)
NOTHING: Final = Account({})


class Allowances:
    """What users may order, exact under orders that come at once to several replicas.

    An order reserves its seconds; its end spends them or gives them back. Each is done once per job, however
    often it is repeated. Methods raise ServiceUnavailable if the store stays silent.
    """

    def __init__(
        self,
        bucket: KeyValue,
        limits: Limits,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bucket = bucket
        self._limits = limits
        self._now = now

    async def reserve(self, user_id: int, job_id: str, seconds: int) -> None:
        """Take seconds for an order. Raises QuotaExceeded, with the time until the day begins anew."""

        def reserved(account: Account) -> Account:
            entry = account.entries.get(job_id)
            if entry is not None and entry.use is not Use.RETURNED:
                return account
            self._require(account, seconds)
            return Account({**account.entries, job_id: Entry(seconds, self._now())})

        await self._change(user_id, reserved)

    async def settle(self, user_id: int, job_id: str, *, is_kept: bool) -> None:
        """The order has ended: its seconds are spent, or given back. What is settled stays so."""

        def settled(account: Account) -> Account:
            entry = account.entries.get(job_id)
            if entry is None or entry.use is not Use.RESERVED:
                return account
            use = Use.SPENT if is_kept else Use.RETURNED
            return Account({**account.entries, job_id: replace(entry, use=use)})

        await self._change(user_id, settled)

    async def of(self, user_id: int) -> Allowance:
        """Say what a user may still order."""
        account, _ = await persist(lambda: self._read(user_id))
        used = self._used_today(account)
        left = max(0, self._limits.seconds_per_day - used)
        return Allowance(self._limits, account.under_way, left, self._renews_at())

    def _require(self, account: Account, seconds: int) -> None:
        limits = self._limits
        if account.under_way >= limits.max_at_once:
            raise QuotaExceeded(
                "too many videos of this user are under way",
                metadata={
                    "quota": "videos_at_once",
                    "limit": str(limits.max_at_once),
                    "used": str(account.under_way),
                },
            )
        used = self._used_today(account)
        if used + seconds > limits.seconds_per_day:
            raise QuotaExceeded(
                "the user has ordered enough for today",
                metadata={
                    "quota": "video_seconds_per_day",
                    "limit": str(limits.seconds_per_day),
                    "used": str(used),
                },
                retry_after_seconds=(self._renews_at() - self._now()).total_seconds(),
            )

    def _used_today(self, account: Account) -> int:
        today = self._day(self._now())
        return sum(
            entry.seconds
            for entry in account.entries.values()
            if entry.use is not Use.RETURNED and self._day(entry.reserved_at) == today
        )

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._limits.zone).date()

    def _renews_at(self) -> datetime:
        tomorrow = self._day(self._now()) + timedelta(days=1)
        return datetime.combine(tomorrow, datetime.min.time(), self._limits.zone)

    async def _change(self, user_id: int, changed: Callable[[Account], Account]) -> None:
        async def write() -> None:
            while True:
                account, revision = await self._read(user_id)
                wanted = changed(account)
                if wanted == account:
                    return
                value = CODEC.dump_json(self._without_old_days(wanted))
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

    def _without_old_days(self, account: Account) -> Account:
        oldest = self._now() - timedelta(days=KEPT_DAYS)
        return Account({key: entry for key, entry in account.entries.items() if entry.reserved_at > oldest})

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
    js: JetStreamContext = connection.client.jetstream(timeout=REQUEST_SECONDS)
    return Allowances(await ensure_bucket(js, config), limits)
