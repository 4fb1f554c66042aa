from pathlib import Path

from services.local.plan import Plan
from services.local.settings import LocalSettings
from services.local.summary import not_used_yet, welcome


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


def test_what_is_set_and_not_used_yet_is_said() -> None:
    assert not_used_yet(_plan()) is None
    assert (not_used_yet(_plan(GEMINI_API_KEY="x")) or "").startswith("GEMINI_API_KEY: set, but not used yet")
