from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.chassis.errors import QuotaExceeded
from services.video.account import Account, Limits, Use

LIMITS = Limits(2, 20, ZoneInfo("Europe/Moscow"))
# 02:00 in Moscow, where it is tomorrow already.
NOW = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
NOTHING = Account({})


def refused(account: Account, seconds: int, now: datetime = NOW) -> QuotaExceeded:
    with pytest.raises(QuotaExceeded) as refusal:
        account.reserved("another", seconds, now, LIMITS)
    return refusal.value


def test_as_many_orders_as_may_be_are_under_way() -> None:
    account = NOTHING.reserved("a", 5, NOW, LIMITS).reserved("b", 5, NOW, LIMITS)
    assert refused(account, 5).metadata == {"quota": "videos_at_once", "limit": "2", "used": "2"}
    assert account.settled("a", Use.SPENT).reserved("c", 5, NOW, LIMITS).under_way == 2


def test_the_seconds_of_a_day_come_back_at_midnight_where_the_users_are() -> None:
    account = NOTHING.reserved("a", 15, NOW, LIMITS)
    refusal = refused(account, 10)
    assert refusal.metadata == {"quota": "video_seconds_per_day", "limit": "20", "used": "15"}
    assert refusal.retry_after_seconds == 22 * 3600
    assert account.reserved("b", 10, NOW + timedelta(hours=22), LIMITS).under_way == 2


def test_an_order_is_reserved_once_however_often_it_comes() -> None:
    account = NOTHING.reserved("a", 15, NOW, LIMITS)
    assert account.reserved("a", 15, NOW, LIMITS) is account


@pytest.mark.parametrize(("use", "used_seconds"), [(Use.SPENT, 15), (Use.RETURNED, 0)])
def test_what_is_settled_stays_so(use: Use, used_seconds: int) -> None:
    account = NOTHING.reserved("a", 15, NOW, LIMITS).settled("a", use)
    again = account.settled("a", Use.SPENT).settled("a", Use.RETURNED).settled("unknown", Use.SPENT)
    assert again == account
    assert (again.under_way, again.used_seconds(NOW, LIMITS)) == (0, used_seconds)


def test_an_order_whose_seconds_were_given_back_may_come_again() -> None:
    account = NOTHING.reserved("a", 15, NOW, LIMITS).settled("a", Use.RETURNED)
    assert account.reserved("a", 15, NOW, LIMITS).used_seconds(NOW, LIMITS) == 15


def test_days_that_are_over_are_forgotten() -> None:
    account = NOTHING.reserved("a", 5, NOW, LIMITS).reserved("b", 5, NOW + timedelta(days=2), LIMITS)
    assert list(account.without_old_days(NOW + timedelta(days=4)).entries) == ["b"]
