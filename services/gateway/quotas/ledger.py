import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from services.chassis.backoff import Backoff
from services.chassis.jetstream import Nats, ensure_bucket, entries, is_conflict
from services.gateway.lease import NATS_ERRORS, LeaseLost, Tenure
from services.gateway.quotas.account import Account, Amounts, Reservation
from services.gateway.quotas.tally import Tally

log = structlog.get_logger()

BUCKET: Final = "quotas"
KEPT: Final = timedelta(days=32)
ABANDONED: Final = timedelta(hours=48)
"""So long after it began, no turn is brought to its end any more: its update is forgotten."""


class Ledger:
    """The accounts of all people, known to whoever speaks, and kept in a KV bucket.

    What is reserved counts at once; the write goes beside the work that it is for, and its turn is not
    acknowledged before. So a death loses only reservations of turns that are begun anew, under the same id.
    """

    def __init__(
        self,
        js: JetStreamContext,
        bucket: KeyValue,
        *,
        bot_id: int,
        tenure: Tenure,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._js = js
        self._bucket = bucket
        self._prefix = f"{bot_id}."
        self._tenure = tenure
        self._now = now
        self.tally = Tally()
        self._accounts: dict[int, tuple[Account, int]] = {}
        self._changed: set[int] = set()
        self._locks: dict[int, asyncio.Lock] = {}

    async def load(self, whose: str = ">") -> None:
        """Read all accounts, or one user's, once per tenure. Raises what NATS raises."""
        abandoned = (self._now() - ABANDONED).timestamp()
        async with aclosing(entries(self._js, BUCKET, f"{self._prefix}{whose}")) as listed:
            async for entry in listed:
                user_id = int(entry.key.removeprefix(self._prefix))
                account = Account.model_validate_json(entry.value)
                account.sweep(abandoned)
                self._accounts[user_id] = account, entry.revision
                for day, chat_id, amounts in account.movements():
                    self.tally.add(user_id, chat_id, day, amounts)

    def reserve(self, user_id: int, turn_id: str, reservation: Reservation) -> None:
        """Count it from now on. It is kept once `flush` has returned."""
        account = self._account(user_id)
        account.reserve(turn_id, reservation)
        day = account.reservations[turn_id].day
        self.tally.add(user_id, reservation.chat_id, day, reservation.amounts)
        self._changed.add(user_id)

    def reserved_by(self, user_id: int, turn_id: str) -> Amounts:
        found = self._account(user_id).reservations.get(turn_id)
        return dict(found.amounts) if found else {}

    def settle(self, user_id: int, turn_id: str, spent: Amounts) -> None:
        """A turn has come to this. Done once, however often it is said."""
        reservation = self._account(user_id).settle(turn_id, spent)
        if reservation is not None:
            chat_id, day = reservation.chat_id, reservation.day
            self.tally.add(user_id, chat_id, day, reservation.amounts, sign=-1)
            self.tally.add(user_id, chat_id, day, spent)
            self._changed.add(user_id)

    async def flush(self, user_id: int) -> None:
        """Keep what has changed of a person's account; changes that come together are one write.

        Raises LeaseLost where another speaks by now.
        """
        async with self._locks.setdefault(user_id, asyncio.Lock()):
            backoff = Backoff(0.1, longest_seconds=1.0)
            while user_id in self._changed:
                self._changed.discard(user_id)
                try:
                    await self._write(user_id)
                except NATS_ERRORS as error:
                    self._changed.add(user_id)
                    log.warning("quota_write_failed", error=type(error).__name__)
                    await backoff.pause()
                except BaseException:
                    self._changed.add(user_id)
                    raise

    async def _write(self, user_id: int) -> None:
        self._tenure.check()
        account, revision = self._accounts[user_id]
        account.forget_days_before((self._now() - KEPT).date().isoformat())
        key, value = f"{self._prefix}{user_id}", account.model_dump_json(exclude_defaults=True).encode()
        try:
            written = await self._bucket.update(key, value, last=revision)
        except NATS_ERRORS as error:
            found = await self._revision_of(key, value)
            if found is None:
                # What nobody wrote for a month is there no more, and is written anew.
                self._accounts[user_id] = account, 0
                raise
            if not found:
                if is_conflict(error):
                    raise LeaseLost from error
                raise
            written = found
        self._accounts[user_id] = account, written

    async def _revision_of(self, key: str, value: bytes) -> int | None:
        """The revision at which exactly this stands: only the answer to the write was lost; else 0.

        None where nothing stands.
        """
        try:
            entry = await self._bucket.get(key)
        except KeyNotFoundError:
            return None
        except NATS_ERRORS:
            return 0
        return entry.revision or 0 if entry.value == value else 0

    def _account(self, user_id: int) -> Account:
        if user_id not in self._accounts:
            self._accounts[user_id] = Account(), 0
        return self._accounts[user_id][0]


async def quotas_bucket(nats: Nats, *, replicas: int) -> KeyValue:
    """Create or update the bucket. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="What people have spent this month, owned by the gateway.",
        ttl=(KEPT + ABANDONED).total_seconds(),
        replicas=replicas,
    )
    return await ensure_bucket(nats.js, config)
