import pytest

from services.chassis.settings import SettingsError, load
from services.gateway.settings import GatewaySettings

TOKEN = "42:a-token"
SECRET = "s" * 32
WEBHOOK = {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_URL": "https://bot.example/telegram"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("ANALYTICS_SECRET", SECRET)
    return monkeypatch


def test_a_token_and_a_secret_are_all_that_is_needed(environment: pytest.MonkeyPatch) -> None:
    settings = load(GatewaySettings)
    assert settings.bot_id == 42
    assert TOKEN not in repr(settings)
    assert SECRET not in repr(settings)


def test_production_does_not_start_without_a_secret_for_the_keys_of_users(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.delenv("ANALYTICS_SECRET")
    with pytest.raises(SettingsError, match="ANALYTICS_SECRET"):
        load(GatewaySettings)
    environment.setenv("QUARTET_ENVIRONMENT", "test")
    assert load(GatewaySettings).keyring.user(7)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"TELEGRAM_BOT_TOKEN": "no-token"}, "TELEGRAM_BOT_TOKEN"),
        ({"TELEGRAM_MODE": "webhook"}, "TELEGRAM_WEBHOOK_URL"),
        (WEBHOOK, "TELEGRAM_WEBHOOK_SECRET"),
        ({**WEBHOOK, "TELEGRAM_WEBHOOK_SECRET": "too-short"}, "TELEGRAM_WEBHOOK_SECRET"),
        ({**WEBHOOK, "TELEGRAM_WEBHOOK_SECRET": "letters Telegram refuses!"}, "TELEGRAM_WEBHOOK_SECRET"),
        ({"ADMIN_IDS": "me"}, "ADMIN_IDS"),
        ({"ANALYTICS_SECRET": "too-short"}, "ANALYTICS_SECRET"),
    ],
)
def test_an_unsafe_or_wrong_setting_is_refused_by_its_name(
    environment: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load(GatewaySettings)
    assert named in str(refused.value)
    assert "too-short" not in str(refused.value)


def test_admins_are_listed_with_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ADMIN_IDS", "1, 2,3")
    assert load(GatewaySettings).admin_ids == {1, 2, 3}
