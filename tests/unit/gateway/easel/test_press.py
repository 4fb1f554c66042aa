import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.easel import EaselPress, EaselVerb, parse_easel_press
from services.gateway.pictures import AspectRatio, Style

LONGEST_SUFFIX = "2147483647.0123456789"


@pytest.mark.parametrize(
    ("verb", "style", "ratio"), [*itertools.product(EaselVerb, Style, (None, *AspectRatio))]
)
def test_every_button_fits_and_is_read_back(verb: EaselVerb, style: Style, ratio: AspectRatio | None) -> None:
    press = EaselPress(verb, style, ratio, LONGEST_SUFFIX, 1000)
    assert len(press.data.encode()) <= 64
    assert parse_easel_press(press.data) == press


def test_the_button_of_a_menu_needs_no_more_than_its_verb() -> None:
    assert parse_easel_press("easel:open") == EaselPress(EaselVerb.OPEN)


@given(st.text(max_size=64))
def test_whatever_a_client_sends_is_read_or_refused(data: str) -> None:
    parse_easel_press(f"easel:{data}")
    assert parse_easel_press(data) is None or data.startswith("easel:")
