import pytest

from services.gateway.wording import Language, Wording
from tests.unit.gateway.wording.sources import arguments_of, catalogue, said_in_code

TELEGRAM_MAX_TOAST = 200
TELEGRAM_MAX_COMMAND_DESCRIPTION = 256
MARK_RESERVE_UTF16 = 160


def test_every_sentence_exists_in_both_languages_and_takes_the_same_arguments() -> None:
    russian, english = (
        {key: arguments_of(message) for key, message in catalogue(language).items()}
        for language in (Language.RU, Language.EN)
    )
    assert russian == english


def test_every_key_that_the_code_says_exists() -> None:
    keys, beginnings = said_in_code()
    known = catalogue(Language.RU).keys()
    assert keys - known == set()
    assert [start for start in beginnings if not any(key.startswith(start) for key in known)] == []


def test_every_sentence_is_said_somewhere() -> None:
    keys, beginnings = said_in_code()
    unsaid = [
        key
        for key in catalogue(Language.RU)
        if key not in keys and not any(key.startswith(start) for start in beginnings)
    ]
    assert unsaid == []


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_leaves_a_placeholder_or_an_invisible_mark(language: Language) -> None:
    wording = Wording.load()
    for key, message in catalogue(language).items():
        text = wording.say(key, language, **dict.fromkeys(arguments_of(message), 3))
        assert text.strip() == text
        assert text
        assert not set("{}$\u2068\u2069") & set(text), key


@pytest.mark.parametrize("language", list(Language))
def test_sentences_fit_where_telegram_shows_them(language: Language) -> None:
    wording = Wording.load()
    for toast in ("stopping", "stale-button"):
        assert len(wording.say(toast, language)) <= TELEGRAM_MAX_TOAST
    for command in ("start", "new", "stop", "help"):
        assert len(wording.say(f"command-{command}", language)) <= TELEGRAM_MAX_COMMAND_DESCRIPTION
    assert len(wording.say("answer-resent", language).encode("utf-16-le")) // 2 + 2 <= MARK_RESERVE_UTF16


def test_the_russian_catalogue_is_written_in_russian() -> None:
    wording = Wording.load()
    for key, message in catalogue(Language.RU).items():
        text = wording.say(key, Language.RU, **dict.fromkeys(arguments_of(message), 3))
        assert any("а" <= letter <= "я" for letter in text.lower()), key


def test_a_missing_argument_is_an_error_and_not_a_strange_sentence() -> None:
    with pytest.raises(LookupError, match="name"):
        Wording.load().say("start", Language.EN)


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(LookupError):
        Wording.load().say("no-such-sentence", Language.EN)
