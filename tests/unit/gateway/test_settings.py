import pytest

from services.chassis.settings import SettingsError, load
from services.gateway.settings import GatewaySettings

TOKEN = "42:a-token"
WEBHOOK = {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_URL": "https://bot.example/telegram"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    return monkeypatch


def test_a_token_is_all_that_is_needed(environment: pytest.MonkeyPatch) -> None:
    settings = load(GatewaySettings)
    assert settings.bot_id == 42
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"TELEGRAM_BOT_TOKEN": "no-token"}, "TELEGRAM_BOT_TOKEN"),
        ({"TELEGRAM_MODE": "webhook"}, "TELEGRAM_WEBHOOK_URL"),
        (WEBHOOK, "TELEGRAM_WEBHOOK_SECRET"),
        ({**WEBHOOK, "TELEGRAM_WEBHOOK_SECRET": "too-short"}, "TELEGRAM_WEBHOOK_SECRET"),
        ({**WEBHOOK, "TELEGRAM_WEBHOOK_SECRET": "letters Telegram refuses!"}, "TELEGRAM_WEBHOOK_SECRET"),
        ({"ADMIN_IDS": "me"}, "ADMIN_IDS"),
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
