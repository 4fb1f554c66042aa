from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.chassis.errors import QuotaExceeded
from services.gateway.bookkeeping.receipt import Outcome, Receipt
from services.gateway.delivery.turn import Turn
from services.gateway.quotas.account import Amounts, Reservation
from services.gateway.quotas.ledger import Ledger
from services.gateway.quotas.measures import ESTIMATED_COST_MICROS, Limits, Measure, Period, limit_name
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.tally import TOTAL, USER, Tally, group_scope, user_scope
from services.gateway.turns import TurnState


@dataclass(frozen=True, slots=True)
class Use:
    """How much of a limit is used."""

    measure: Measure
    period: Period
    limit: int | None
    used: int
    renews_at: datetime


class Quotas:
    """What people may still spend: taken before it is spent, and settled when their turn has ended."""

    def __init__(
        self,
        ledger: Ledger,
        policy: Policy,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ledger = ledger
        self._policy = policy
        self._now = now

    def spend(self, turn: Turn, measure: Measure, count: int) -> None:
        """Have so much reserved for a turn in all, however often that is said. Raises QuotaExceeded."""
        more = count - self._ledger.reserved_by(turn.user_id, turn.turn_id).get(measure, 0)
        if not turn.user_id or more <= 0:
            return
        amounts = {measure: more}
        if cost := ESTIMATED_COST_MICROS[measure] * more:
            amounts[Measure.COST_MICROS] = cost
        self._require_room(turn, amounts)
        day = Period.DAY.label(self._now(), self._policy.zone_of(turn.user_id))
        reservation = Reservation(
            day=day, chat_id=turn.chat_id, reserved_at=self._now().timestamp(), amounts=amounts
        )
        self._ledger.reserve(turn.user_id, turn.turn_id, reservation)

    async def secure(self, turn: Turn) -> None:
        """Keep what a turn has reserved, before what it was for can no longer be undone. Raises LeaseLost."""
        await self._ledger.flush(turn.user_id)

    async def close(self, turn: Turn) -> None:
        """Keep what a turn has reserved, and settle it where it has ended. Raises LeaseLost.

        To be called before the turn's update is acknowledged.
        """
        record = turn.record
        if record is not None and record.state is TurnState.SENT:
            reserved = self._ledger.reserved_by(turn.user_id, turn.turn_id)
            self._ledger.settle(turn.user_id, turn.turn_id, _spent(reserved, record.receipt))
        await self._ledger.flush(turn.user_id)

    def uses_of(self, user_id: int) -> list[Use]:
        """Say how much a person has used, by day and month."""
        return uses(self._ledger.tally, self._policy, user_id, self._now())

    def _require_room(self, turn: Turn, amounts: Amounts) -> None:
        now, zone = self._now(), self._policy.zone_of(turn.user_id)
        for scope, limits in self._policy.scopes_of(turn.user_id, turn.chat_id):
            for period in Period:
                for measure, amount in amounts.items():
                    name = limit_name(measure, period)
                    used = self._ledger.tally.used(scope, period.label(now, zone), measure)
                    if name in limits and used + amount > limits[name]:
                        wait = (period.renews_at(now, zone) - now).total_seconds()
                        raise _exceeded(scope.partition(".")[0], name, limits[name], used, wait)


def uses(tally: Tally, policy: Policy, subject_id: int, now: datetime) -> list[Use]:
    """Say how much a user or group has used of everything that is limited or has been used."""
    scope = user_scope(subject_id) if subject_id > 0 else group_scope(subject_id)
    return _uses(tally, scope, policy.limits_of(subject_id), policy.zone_of(subject_id), now)


def total_uses(tally: Tally, policy: Policy, now: datetime) -> list[Use]:
    """Say the same of all people together."""
    return _uses(tally, TOTAL, policy.total, policy.zone, now)


def _uses(tally: Tally, scope: str, limits: Limits, zone: ZoneInfo, now: datetime) -> list[Use]:
    found = []
    for measure in Measure:
        for period in Period:
            limit = limits.get(limit_name(measure, period))
            used = tally.used(scope, period.label(now, zone), measure)
            if limit is not None or used:
                found.append(Use(measure, period, limit, used, period.renews_at(now, zone)))
    return found


def _exceeded(scope: str, name: str, limit: int, used: int, wait_seconds: float) -> QuotaExceeded:
    """Name the limit that is spent, for the person and, out of the turn's receipt, for analysts."""
    is_own = scope == USER
    metadata = {
        "quota": name if is_own else f"{scope}_{name}",
        "scope": scope,
        "limit": str(limit),
        "used": str(used),
    }
    return QuotaExceeded(metadata=metadata, retry_after_seconds=wait_seconds)


def _spent(reserved: Amounts, receipt: Receipt | None) -> Amounts:
    """What was spent in the end: failures cost a person nothing but the money that they cost."""
    cost = receipt.cost_micros or 0 if receipt is not None else 0
    is_kept = receipt is not None and receipt.outcome in (Outcome.OK, Outcome.CANCELLED)
    kept = {measure: count for measure, count in reserved.items() if is_kept}
    kept[Measure.COST_MICROS] = cost
    return {measure: count for measure, count in kept.items() if count}
