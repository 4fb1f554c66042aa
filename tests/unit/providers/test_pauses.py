from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from services.providers.pauses import retry_after


def test_the_vendors_pause_is_read_in_every_form() -> None:
    assert retry_after({"retry-after": "3"}) == 3
    assert retry_after({"retry-after": "3", "retry-after-ms": "250"}) == 0.25
    assert retry_after({"retry-after": "-1"}) == 0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None
    in_a_minute = datetime.now(UTC) + timedelta(seconds=60)
    seconds = retry_after({"retry-after": format_datetime(in_a_minute, usegmt=True)})
    assert seconds == pytest.approx(60, abs=5)
