import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.titles import MAX_TITLE_CHARACTERS, plain_title


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("«Поездка в Карелию».", "Поездка в Карелию"),
        ("\n\n**A cat called Murka**\nbecause it is about her", "A cat called Murka"),
        ("# `Tax return`", "Tax return"),
        ("a\u202eb\u0007\tc", "ab c"),
        ("", ""),
        ("word " * 40, "word word word word word word word word word word word word…"),
        ("x" * 100, "x" * 63 + "…"),
    ],
)
def test_a_title_is_one_short_line_of_plain_text(said: str, title: str) -> None:
    assert plain_title(said) == title


@given(st.text(max_size=300))
def test_whatever_a_model_says_the_title_is_harmless(said: str) -> None:
    title = plain_title(said)
    assert len(title) <= MAX_TITLE_CHARACTERS
    assert title == title.strip()
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in title)
