import pytest

from services.gateway.wording import Language, language_of


@pytest.mark.parametrize("code", [None, "", "ru", "ru-RU", "RU", "uk", "be", "kk", "kk_KZ"])
def test_who_reads_russian_or_does_not_say_is_spoken_to_in_russian(code: str | None) -> None:
    assert language_of(code) is Language.RU


@pytest.mark.parametrize("code", ["en", "en-GB", "de", "pt-br", "zh-hans", "rut", "xx"])
def test_everybody_else_is_spoken_to_in_english(code: str) -> None:
    assert language_of(code) is Language.EN
