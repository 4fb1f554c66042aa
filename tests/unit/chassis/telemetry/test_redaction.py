import pytest

from services.chassis.telemetry.redaction import Redaction


@pytest.mark.parametrize(
    "text",
    [
        "https://api/?key=p@ss%2Fword+1",
        "key is p@ss/word 1!",
        "p%40ss%2Fword%201%21",
        "p%40ss%2Fword+1%21",
    ],
)
def test_a_secret_is_removed_however_a_url_writes_it(text: str) -> None:
    redact = Redaction(["p@ss/word 1!", "p@ss%2Fword+1"])

    assert "ss/word" not in redact(text)
    assert "ss%2Fword" not in redact(text)
    assert "[redacted]" in redact(text)


@pytest.mark.parametrize(
    "text", ['"quote\\"back\\\\slash"', "'quote\"back\\\\slash'", "пароль\\n", "пароль\n"]
)
def test_a_secret_is_removed_however_json_or_repr_writes_it(text: str) -> None:
    redact = Redaction(['quote"back\\slash', "пароль\n"])

    assert "[redacted]" in redact(text)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.telegram.org/bot1000000001:sandbox-token-for-local-use-only-000/getMe",
        "https://api.telegram.org/file/bot1000000001%3Asandbox-token-for-local-use-only-000/a.jpg",
    ],
)
def test_a_bot_token_is_removed_without_being_configured(url: str) -> None:
    assert "sandbox-token" not in Redaction([])(url)


def test_a_secret_inside_a_longer_one_leaves_no_rest() -> None:
    assert Redaction(["hunter", "hunter-two"])("x hunter-two y") == "x [redacted] y"


def test_text_without_secrets_stays_as_it_is() -> None:
    assert Redaction(["", "abc"])("abc at 12:30") == "abc at 12:30"
