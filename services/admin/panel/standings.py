from collections.abc import Iterable, Mapping
from typing import Any, Final

from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import people_service_pb2 as pb

from services.admin.panel.visit import Visit
from services.chassis.errors import InvalidRequest

MEASURES: Final = ("messages", "pictures", "pages", "video_seconds", "cost_micros")
PERIODS: Final = ("day", "month")
MONEY: Final = "cost_micros"
MICROS_PER_DOLLAR: Final = 1_000_000
MAX_LIMIT: Final = 10**15
MAX_WORDS: Final = 200
MAX_ID_DIGITS: Final = 18


def actor(visit: Visit) -> Actor:
    return Actor(user_id=visit.user_id)


def subject_id_of(text: str) -> int:
    """Read the id of a user or group. Raises InvalidRequest."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MAX_ID_DIGITS and int(digits)):
        raise InvalidRequest("an id is a number, for groups one below zero")
    return int(text)


def standing_of(fields: Mapping[str, str]) -> pb.Standing:
    """Read what a form sets of a user or group. Raises InvalidRequest."""
    return pb.Standing(
        is_banned="is_banned" in fields,
        ban_reason=fields.get("ban_reason", "").strip()[:MAX_WORDS],
        is_allowed="is_allowed" in fields,
        is_in_focus_group="is_in_focus_group" in fields,
        plan=fields.get("plan", "").strip()[:MAX_WORDS],
        limits=limits_of(fields),
        time_zone=fields.get("time_zone", "").strip()[:MAX_WORDS],
    )


def limit_fields(standing: pb.Standing) -> list[dict[str, Any]]:
    """Return the fields of a form of limits, with what stands in them; empty where none is set."""
    return set_fields({}, standing.limits)


def set_fields(configured: Mapping[str, int], own: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the same of limits that go before those of the configuration."""
    names = [(measure, period) for measure in MEASURES for period in PERIODS]
    return [
        {
            "name": f"{measure}_per_{period}",
            "measure": measure,
            "period": period,
            "value": _shown(measure, own.get(f"{measure}_per_{period}")),
            "configured": _shown(measure, configured.get(f"{measure}_per_{period}")),
        }
        for measure, period in names
    ]


def rows_of(uses: Iterable[pb.Use]) -> list[dict[str, Any]]:
    """Return what is used of each limit, money in dollars."""
    rows = []
    for use in uses:
        measure, _, period = use.name.rpartition("_per_")
        unit = MICROS_PER_DOLLAR if measure == MONEY else 1
        rows.append(
            {
                "measure": measure,
                "period": period,
                "is_money": measure == MONEY,
                "used": use.used / unit,
                "limit": use.limit / unit if use.HasField("limit") else None,
                "is_spent": use.HasField("limit") and use.used >= use.limit,
                "renews_at": use.renew_time.seconds,
            }
        )
    return rows


def limits_of(fields: Mapping[str, str]) -> dict[str, int]:
    """Read the limits of a form; what is empty is none. Raises InvalidRequest."""
    limits = {}
    for measure in MEASURES:
        for period in PERIODS:
            name = f"{measure}_per_{period}"
            if text := fields.get(name, "").strip():
                limits[name] = _number(text, MICROS_PER_DOLLAR if measure == MONEY else 1)
    return limits


def _number(text: str, unit: int) -> int:
    try:
        number = round(float(text.replace(",", ".")) * unit)
    except (ValueError, OverflowError):
        raise InvalidRequest("a limit is a number") from None
    if not 0 <= number <= MAX_LIMIT:
        raise InvalidRequest("a limit is neither below zero nor that large")
    return number


def _shown(measure: str, limit: int | None) -> str:
    if limit is None:
        return ""
    return f"{limit / MICROS_PER_DOLLAR:.2f}" if measure == MONEY else str(limit)
