from pathlib import Path

import pytest

from services.local.plan import Plan
from services.local.settings import LocalSettings
from services.local.summary import not_read, welcome


def _plan(**variables: str) -> Plan:
    return Plan(LocalSettings.read(variables), variables, Path("/srv/quartet"))


def test_the_sandbox_s_chat_page_is_shown() -> None:
    text = welcome(_plan(SANDBOX_TELEGRAM_PORT="9999"), "quartet_sandbox_bot", 1.25)
    assert "http://127.0.0.1:9999/" in text
    assert "@quartet_sandbox_bot (sandbox" in text
    assert "/srv/quartet/.local" in text
    assert "after 1.2 s" in text


def test_a_real_bot_is_shown_by_its_link_and_no_secret_is() -> None:
    text = welcome(_plan(TELEGRAM_BOT_TOKEN="7:secret", OPENAI_API_KEY="sk-secret"), "my_bot", 1)
    assert "https://t.me/my_bot" in text
    assert "Chat page" not in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "stand-ins for OpenAI and Google"),
        ({"OPENAI_API_KEY": "k"}, "OpenAI\n"),
        ({"GOOGLE_API_KEY": "k"}, "Google\n"),
        (
            {"OPENAI_BASE_URL": "http://x", "GOOGLE_API_KEY": "k"},
            "another server, by OPENAI_BASE_URL and Google\n",
        ),
    ],
)
def test_who_answers_is_shown(variables: dict[str, str], expected: str) -> None:
    assert expected in welcome(_plan(**variables), "bot", 1)


def test_what_is_set_and_not_read_is_said() -> None:
    assert not_read(_plan()) == []
    [renamed] = not_read(_plan(GEMINI_API_KEY="x", CLICKHOUSE_URL="y"))
    assert renamed == "GEMINI_API_KEY is set, but not read: here its name is GOOGLE_API_KEY."


def test_the_panel_is_shown_with_its_link_or_with_the_way_to_one() -> None:
    opened = "http://127.0.0.1:8060/enter#token"
    assert opened in welcome(_plan(), "bot", 1, opened)
    assert "/admin in the bot" in welcome(_plan(), "bot", 1)
    assert "ADMIN_IDS" in welcome(_plan(TELEGRAM_BOT_TOKEN="7:t"), "bot", 1)
