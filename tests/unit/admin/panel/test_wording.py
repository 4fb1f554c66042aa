import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast

from services.admin.panel.wording import Language, Wording, language_of

PANEL = Path(__file__).parents[4] / "services/admin/panel"
KEY = re.compile(r"""["']([a-z0-9_]+(?:-[a-z0-9_]+)*)["']""")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
NAMES = ("SQL", "CSV", "Parquet", "Telegram")
BEGINNING = re.compile(r"""["']([a-z]+-)["'{]""")


def _catalogue(language: Language) -> dict[str, set[str]]:
    """The keys, each with the arguments that its sentence takes."""
    text = (PANEL / f"wording/{language}.ftl").read_text("utf-8")
    parsed = FluentParser().parse(text)
    messages = [entry for entry in parsed.body if isinstance(entry, ast.Message)]
    keys = [message.id.name for message in messages]
    assert len(keys) == len(set(keys)), "a key is there twice, and the last one wins"
    assert not [entry for entry in parsed.body if isinstance(entry, ast.Junk)]
    return {
        message.id.name: set(re.findall(r"\$([a-z_]+)", text[message.span.start : message.span.end]))
        for message in messages
        if message.span is not None
    }


def _said() -> tuple[set[str], set[str]]:
    """Whatever stands between quotes in the panel's code and templates, and what keys begin with there."""
    files = [*PANEL.parent.rglob("*.py"), *PANEL.rglob("*.html")]
    text = "\n".join(file.read_text("utf-8") for file in files)
    return set(KEY.findall(text)), set(BEGINNING.findall(text)) | set(re.findall(r'f"([a-z]+-)\{', text))


def test_both_languages_say_the_same_with_the_same_arguments() -> None:
    assert _catalogue(Language.RU) == _catalogue(Language.EN)


def test_every_sentence_is_said_somewhere() -> None:
    keys, beginnings = _said()
    unsaid = [
        key
        for key in _catalogue(Language.EN)
        if key not in keys and not any(key.startswith(beginning) for beginning in beginnings)
    ]
    assert unsaid == []


def test_every_key_that_templates_say_is_worded() -> None:
    said = {
        key
        for file in (PANEL / "templates").rglob("*.html")
        for key in re.findall(r'say\("([a-z0-9_-]+)"(?! *~)', COMMENT.sub("", file.read_text("utf-8")))
    }
    assert said - _catalogue(Language.EN).keys() == set()


def test_the_russian_catalogue_is_written_in_russian() -> None:
    wording = Wording.load()
    for key, arguments in _catalogue(Language.RU).items():
        text = wording.say(key, Language.RU, **dict.fromkeys(arguments, 3))
        assert any("а" <= letter <= "я" for letter in text.lower()) or text in NAMES, key


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de,en;q=0.5,ru;q=0.1", "en"), ("", "en"), ("fr", "en")],
)
def test_the_browser_s_first_language_that_is_ours_is_spoken(accepted: str, language: str) -> None:
    assert language_of(accepted) == language
