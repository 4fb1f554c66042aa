import pytest

from services.chassis.settings import SettingsError, load
from services.gateway.dialogue import Speaker
from services.gateway.links.addresses import Addresses
from services.gateway.links.link import Form
from services.gateway.settings import GatewaySettings

SECRET = "a-secret-of-thirty-two-characters"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "42:a-token")
    monkeypatch.setenv("ANALYTICS_SECRET", "a" * 32)
    return monkeypatch


def test_without_a_public_address_there_are_no_links_and_no_secret_is_needed(
    environment: pytest.MonkeyPatch,
) -> None:
    assert Addresses.of(load(GatewaySettings)) is None


def test_a_public_address_and_a_secret_make_links(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUBLIC_URL", "https://bot.example/quartet/")
    environment.setenv("LINK_SECRET", SECRET)
    settings = load(GatewaySettings)
    addresses = Addresses.of(settings)
    assert addresses is not None
    address = addresses.address("job", Speaker(1, 2, "en"), Form.ORIGINAL)
    assert address.startswith("https://bot.example/quartet/v/")
    assert SECRET not in repr(settings) + address


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"PUBLIC_URL": "https://bot.example"}, "LINK_SECRET"),
        ({"PUBLIC_URL": "https://bot.example", "LINK_SECRET": SECRET[:31]}, "LINK_SECRET"),
        ({"PUBLIC_URL": "http://bot.example", "LINK_SECRET": SECRET}, "https"),
        ({"PUBLIC_URL": "bot.example", "LINK_SECRET": SECRET}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://a:b@bot.example", "LINK_SECRET": SECRET}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://bot.example/?a=b", "LINK_SECRET": SECRET}, "PUBLIC_URL"),
    ],
)
def test_links_that_would_not_be_safe_are_refused_at_the_start(
    environment: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load(GatewaySettings)
    assert named in str(refused.value)
    assert SECRET[:31] not in str(refused.value)


def test_on_this_machine_an_address_may_be_plain(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("QUARTET_ENVIRONMENT", "local")
    environment.setenv("PUBLIC_URL", "http://127.0.0.1:8090")
    environment.setenv("LINK_SECRET", SECRET)
    assert Addresses.of(load(GatewaySettings)) is not None
