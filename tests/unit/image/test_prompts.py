import pytest

from services.image.prompts import prompt_to_change, prompt_to_draw
from services.image.styles import PHRASES, Style


@pytest.mark.parametrize("style", [style for style in Style if style is not Style.ANY])
def test_a_style_follows_the_users_own_words(style: Style) -> None:
    for compose in (prompt_to_draw, prompt_to_change):
        prompt = compose(" Кот в шляпе ", style)
        assert prompt.startswith("Кот в шляпе\n\n")
        assert PHRASES[style] in prompt


def test_without_a_style_the_words_stay_as_they_are() -> None:
    assert prompt_to_draw("A cat", Style.ANY) == prompt_to_change("A cat", Style.ANY) == "A cat"


def test_a_change_without_words_is_one_of_the_manner_or_of_the_format() -> None:
    assert PHRASES[Style.PIXEL] in prompt_to_change(" ", Style.PIXEL)
    assert "new format" in prompt_to_change("", Style.ANY)
