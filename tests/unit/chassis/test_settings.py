from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from services.chassis.settings import Environment, LogFormat, Port, ServiceSettings, SettingsError, load


class ExampleSettings(ServiceSettings):
    grpc_port: Port = 50061
    metrics_port: Port = 9101
    api_key: SecretStr = Field(description="a key from the vendor's page")
    proxy: str = ""


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUARTET_ENVIRONMENT", "NATS_URL", "LOG_LEVEL", "LOG_FORMAT", "FAILPOINTS", "ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("API_KEY", "sk-very-secret")


def test_what_is_not_set_has_safe_defaults() -> None:
    settings = load(ExampleSettings)

    assert settings.environment is Environment.PRODUCTION
    assert settings.log_format is LogFormat.JSON
    assert settings.grpc_host == "127.0.0.1"
    assert settings.otel_exporter_otlp_endpoint is None


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    monkeypatch.setenv("GRPC_PORT", "")

    settings = load(ExampleSettings)

    assert settings.otel_exporter_otlp_endpoint is None
    assert settings.grpc_port == 50061


def test_only_production_pauses_before_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(ExampleSettings).drain_seconds == 5
    monkeypatch.setenv("QUARTET_ENVIRONMENT", "local")
    assert load(ExampleSettings).drain_seconds == 0
    monkeypatch.setenv("DRAIN_SECONDS", "2.5")
    assert load(ExampleSettings).drain_seconds == 2.5


def test_a_missing_variable_is_named_with_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("API_KEY")

    with pytest.raises(SettingsError, match=r"API_KEY is not set \(a key from the vendor's page\)"):
        load(ExampleSettings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("QUARTET_ENVIRONMENT", "staging"),
        ("GRPC_PORT", "seventy"),
        ("METRICS_PORT", "70000"),
        ("NATS_URL", "http://127.0.0.1:4222"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("DRAIN_SECONDS", "-1"),
        ("FAILPOINTS", "before_ack=kill"),
    ],
)
def test_a_wrong_value_is_refused_by_its_variables_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match=variable):
        load(ExampleSettings)


def test_every_problem_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    monkeypatch.delenv("API_KEY")

    with pytest.raises(SettingsError) as refused:
        load(ExampleSettings)

    assert str(refused.value).count("\n") == 2
    assert "LOG_FORMAT" in str(refused.value)
    assert "API_KEY" in str(refused.value)


def test_a_refusal_shows_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATS_URL", "http://user:hunter2@nats")

    with pytest.raises(SettingsError) as refused:
        load(ExampleSettings)

    assert "hunter2" not in str(refused.value)
    assert "sk-very-secret" not in str(refused.value)


def test_two_servers_of_one_process_need_two_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_PORT", "50061")

    with pytest.raises(SettingsError, match="GRPC_PORT and METRICS_PORT"):
        load(ExampleSettings)


def test_the_hosts_own_environment_variable_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "staging")

    assert load(ExampleSettings).environment is Environment.PRODUCTION


def test_code_may_override_what_the_environment_says() -> None:
    settings = load(ExampleSettings, environment=Environment.TEST, grpc_port=1)

    assert settings.environment is Environment.TEST
    assert settings.grpc_port == 1


def test_secrets_are_the_secret_fields_and_the_passwords_in_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATS_URL", "nats://app:nats-pass@a:4222,nats://app:nats-pass@b:4222")
    monkeypatch.setenv("PROXY", "socks5://me:proxy-pass@10.0.0.1:1080")

    assert {"sk-very-secret", "nats-pass", "proxy-pass"} <= set(load(ExampleSettings).secrets())
    assert "sk-very-secret" not in repr(load(ExampleSettings))


def test_a_credential_of_systemd_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "api_key").write_text("sk-from-a-file\n")
    (tmp_path / "proxy").write_text("http://from-a-file")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("PROXY", "http://from-the-environment")
    monkeypatch.delenv("API_KEY")

    settings = load(ExampleSettings)

    assert settings.api_key.get_secret_value() == "sk-from-a-file"
    assert settings.proxy == "http://from-the-environment"
