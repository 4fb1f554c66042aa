from typing import Any

import pytest
from pydantic import SecretStr

from services.admin.panel.settings import TELEGRAM_KEY
from services.admin.settings import AdminSettings
from services.chassis.settings import SettingsError, load
from tests.support.panel import SANDBOX_PUBLIC_KEY

SAFE = {"panel_secret": SecretStr("s" * 32), "panel_url": "https://panel.example"}
UNSAFE: dict[str, tuple[dict[str, Any], str]] = {
    "no secret": ({"panel_secret": None}, "PANEL_SECRET"),
    "a secret that can be guessed": ({"panel_secret": SecretStr("short")}, "PANEL_SECRET"),
    "plain text beyond this machine": ({"panel_url": "http://panel.example"}, "PANEL_URL"),
    "credentials in the address": ({"panel_url": "https://u:p@panel.example"}, "PANEL_URL"),
    "a path": ({"panel_url": "https://panel.example/admin"}, "PANEL_URL"),
    "another than Telegram's key": ({"telegram_public_key": SANDBOX_PUBLIC_KEY}, "TELEGRAM_PUBLIC_KEY"),
    "no key at all": ({"telegram_public_key": "telegram"}, "TELEGRAM_PUBLIC_KEY"),
    "traces at a script": ({"panel_trace_url": "javascript:{trace_id}"}, "PANEL_TRACE_URL"),
    "traces without their ids": ({"panel_trace_url": "https://tempo.example"}, "PANEL_TRACE_URL"),
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in AdminSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("what", UNSAFE)
def test_what_would_let_strangers_in_is_refused_in_production(what: str) -> None:
    change, variable = UNSAFE[what]
    with pytest.raises(SettingsError, match=variable) as refused:
        load(AdminSettings, **(SAFE | change))
    assert "short" not in str(refused.value)


def test_what_is_safe_is_taken_and_telegram_s_own_key_is_the_default() -> None:
    settings = load(AdminSettings, **SAFE, admin_ids="1, 2", analyst_ids="3")
    assert settings.telegram_public_key == TELEGRAM_KEY
    assert settings.admins.owners == {1, 2}
    assert settings.panel_is_https


def test_on_this_machine_the_panel_needs_no_certificate() -> None:
    assert load(AdminSettings, panel_secret=SecretStr("s" * 32)).panel_url == "http://127.0.0.1:8060"
