import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

import nats.errors
import structlog
from nats.js.errors import APIError, KeyNotFoundError
from nats.js.kv import KeyValue

from services.chassis.jetstream import is_conflict
from services.chassis.signals import is_set_within
from services.gateway.processes import ProcessIdentity

log = structlog.get_logger()

NATS_ERRORS = (nats.errors.Error, APIError, TimeoutError, OSError)


class LeaseLost(Exception):
    """Another gateway may speak now: whatever is under way must not be sent any more."""


@dataclass(eq=False)
class Tenure:
    """One span of time in which this process is the only one that speaks for a shard.

    It ends by the clock, not by a message: a process that was paused finds on waking that its time is over,
    before it has heard from anyone.
    """

    epoch: int
    """Grows with each holder; the key's revision at the take-over."""
    _deadline: float
    _clock: Callable[[], float] = time.monotonic
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def held(self) -> bool:
        return not self.ended.is_set() and self._clock() < self._deadline

    def check(self) -> None:
        """Raises LeaseLost unless this process still holds the lease."""
        if not self.held:
            self.ended.set()
            raise LeaseLost

    def extend(self, deadline: float) -> None:
        self._deadline = deadline


class Lease:
    """A lease in a KV bucket, moved by compare-and-swap.

    Nothing expires on the server. Each rival watches the key's revision by its own monotonic clock: a
    revision that has stood still for the lease's length belongs to a holder that is dead, or that has ended
    its tenure by the same length of its own clock, counted from before its last renewal. A
    holder on this machine whose process has ended need not be waited for.
    """

    def __init__(self, bucket: KeyValue, *, name: str, holder: str, seconds: float) -> None:
        self._bucket = bucket
        self._key = name
        self._holder = holder
        self._seconds = seconds
        self._seen_revision = -1
        self._seen_at = 0.0

    async def tenures(self, stop: asyncio.Event) -> AsyncGenerator[Tenure, None]:
        """Yields a tenure each time the lease is won, until `stop`."""
        while not stop.is_set():
            began = time.monotonic()
            revision = await self._try_to_win()
            if revision is None:
                await is_set_within(stop, self._seconds / 8)
                continue
            tenure = Tenure(revision, began + self._seconds)
            log.info("lease_won", holder=self._holder, epoch=tenure.epoch)
            renewal = asyncio.create_task(self._renew(tenure, revision))
            try:
                yield tenure
            finally:
                tenure.ended.set()
                await renewal
                log.info("lease_ended", holder=self._holder, epoch=tenure.epoch)

    async def _try_to_win(self) -> int | None:
        try:
            async with asyncio.timeout(self._seconds / 3):
                try:
                    entry = await self._bucket.get(self._key)
                except KeyNotFoundError:
                    return await self._bucket.create(self._key, self._value(held=True))
                revision = entry.revision or 0
                value = json.loads(entry.value or b"{}")
                if value.get("held") and not self._is_abandoned(value.get("holder", ""), revision):
                    return None
                return await self._bucket.update(self._key, self._value(held=True), last=revision)
        except NATS_ERRORS as error:
            if not is_conflict(error):
                log.warning("lease_unreachable", error=str(error) or type(error).__name__)
            return None

    def _is_abandoned(self, holder: str, revision: int) -> bool:
        """Whether the holder is dead: seen at once on this machine, elsewhere by its silence."""
        process = ProcessIdentity.parse(holder)
        if process is not None and process.is_certainly_dead:
            return True
        now = time.monotonic()
        if revision != self._seen_revision:
            self._seen_revision, self._seen_at = revision, now
        return now - self._seen_at >= self._seconds

    async def _renew(self, tenure: Tenure, revision: int) -> None:
        """Renews until the tenure ends, then gives the lease back so that a rival need not wait."""
        own: int | None = revision
        while own is not None and not await is_set_within(tenure.ended, self._seconds / 4) and tenure.held:
            began = time.monotonic()
            try:
                async with asyncio.timeout(self._seconds / 4):
                    own = await self._bucket.update(self._key, self._value(held=True), last=own)
                tenure.extend(began + self._seconds)
            except NATS_ERRORS as error:
                log.warning("lease_renewal_failed", error=str(error) or type(error).__name__)
                own = await self._own_revision(own)
        tenure.ended.set()
        if own is not None:
            with contextlib.suppress(*NATS_ERRORS):
                async with asyncio.timeout(self._seconds / 4):
                    await self._bucket.update(self._key, self._value(held=False), last=own)

    async def _own_revision(self, last: int) -> int | None:
        """The key's revision if it is still ours (the answer to a renewal may have been lost), else None."""
        with contextlib.suppress(*NATS_ERRORS):
            async with asyncio.timeout(self._seconds / 4):
                entry = await self._bucket.get(self._key)
                is_ours = json.loads(entry.value or b"{}").get("holder") == self._holder
                return entry.revision if is_ours else None
        return last

    def _value(self, *, held: bool) -> bytes:
        return json.dumps({"holder": self._holder, "held": held}).encode()
