from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.admin.clickhouse.homes import EmbeddedHome, ServerHome, home_of
from services.admin.settings import AdminSettings
from services.chassis.settings import SettingsError, load

UNSAFE: dict[str, dict[str, Any]] = {
    "plain text beyond this machine": {
        "clickhouse_url": "http://clickhouse:8123",
        "clickhouse_password": SecretStr("x" * 8),
    },
    "no password beyond this machine": {"clickhouse_url": "https://clickhouse:8443"},
    "credentials in the address": {"clickhouse_url": "https://u:p@127.0.0.1:8443"},
    "a path": {"clickhouse_url": "https://127.0.0.1:8443/quartet"},
    "no address": {"clickhouse_url": "clickhouse"},
    "a cluster of the embedded engine": {"clickhouse_cluster": "main"},
    "an authority without TLS": {
        "clickhouse_url": "http://127.0.0.1:8123",
        "clickhouse_ca_file": Path("/etc/ca.pem"),
    },
    "SQL for a name": {"clickhouse_database": "quartet; DROP DATABASE x"},
    "a directory that moves": {"admin_directory": Path("data")},
    "the whole disk": {"admin_directory": Path("/")},
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in AdminSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PANEL_SECRET", "s" * 32)


@pytest.mark.parametrize("what", UNSAFE)
def test_what_is_unsafe_or_senseless_in_production_is_refused(what: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(AdminSettings, **UNSAFE[what])
    assert "u:p" not in str(refused.value)


def test_without_a_server_the_engine_lives_in_the_directory(tmp_path: Path) -> None:
    home = home_of(load(AdminSettings, admin_directory=tmp_path))
    assert home == EmbeddedHome(tmp_path)
    assert not home.is_server


def test_a_server_is_reached_with_its_user_and_authority() -> None:
    settings = load(
        AdminSettings,
        clickhouse_url="https://clickhouse.example:8443",
        clickhouse_user="quartet",
        clickhouse_password=SecretStr("a-password"),
        clickhouse_ca_file=Path("/etc/ca.pem"),
        clickhouse_cluster="main",
    )
    home = home_of(settings)
    assert home == ServerHome(
        "https://clickhouse.example:8443", "quartet", "a-password", Path("/etc/ca.pem"), "main"
    )
    assert "a-password" not in repr(home)
    assert "a-password" in list(settings.secrets())
