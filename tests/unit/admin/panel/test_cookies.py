import pytest
from starlette.responses import Response

from services.admin.panel.access.sessions import Door
from services.admin.panel.cookies import Cookies


def _set(*, is_https: bool, door: Door) -> str:
    response = Response()
    Cookies(is_https=is_https).keep_session(response, "value", door, 3600)
    return response.headers["Set-Cookie"]


@pytest.mark.parametrize("door", list(Door))
def test_a_session_s_cookie_is_no_script_s_and_no_other_host_s(door: Door) -> None:
    cookie = _set(is_https=True, door=door)
    assert cookie.startswith("__Host-quartet=value; Path=/; ")
    assert {"HttpOnly", "Secure"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_only_in_telegram_s_frame_it_is_sent_from_elsewhere_and_then_kept_apart() -> None:
    assert "SameSite=Lax" in _set(is_https=True, door=Door.LINK)
    assert "SameSite=None; Partitioned" in _set(is_https=True, door=Door.MINI_APP)
    assert "SameSite=Lax" in _set(is_https=False, door=Door.MINI_APP)
