import pytest

from services.chassis.errors import StartupError
from services.local.settings import LocalSettings


def test_with_nothing_set_everything_runs_here() -> None:
    settings = LocalSettings.read({})
    assert (settings.runs_nats, settings.runs_telegram, settings.runs_vendors) == (True, True, True)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("NATS_URL", "nats://other:4222", (False, True, True)),
        ("TELEGRAM_BOT_TOKEN", "1:token", (True, False, True)),
        ("TELEGRAM_API_URL", "http://other", (True, False, True)),
        ("OPENAI_API_KEY", "sk-key", (True, True, False)),
        ("OPENAI_BASE_URL", "http://other/v1", (True, True, False)),
        ("GOOGLE_API_KEY", "key", (True, True, False)),
        ("GOOGLE_BASE_URL", "http://other", (True, True, False)),
    ],
)
def test_each_variable_alone_replaces_just_its_part(
    variable: str, value: str, expected: tuple[bool, bool, bool]
) -> None:
    settings = LocalSettings.read({variable: value})
    assert (settings.runs_nats, settings.runs_telegram, settings.runs_vendors) == expected


def test_an_empty_variable_counts_as_unset() -> None:
    assert LocalSettings.read({"TELEGRAM_BOT_TOKEN": "", "NATS_PORT": ""}) == LocalSettings.read({})


def test_what_is_wrong_is_named_without_its_value() -> None:
    with pytest.raises(StartupError) as caught:
        LocalSettings.read({"NATS_PORT": "a-secret", "QUARTET_ENVIRONMENT": "staging"})
    text = str(caught.value)
    assert "NATS_PORT is wrong: set it to a free TCP port" in text
    assert "QUARTET_ENVIRONMENT is wrong: set it to local, test or production" in text
    assert "a-secret" not in text
