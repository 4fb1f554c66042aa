from hypothesis import given
from hypothesis import strategies as st

from services.sandbox.telegram.text.utf16 import byte_offset, from_units, to_units, utf16_length


@given(st.text())
def test_a_text_survives_the_way_to_code_units_and_back(text: str) -> None:
    assert from_units(to_units(text)) == text


@given(st.text())
def test_the_length_is_the_number_of_code_units(text: str) -> None:
    assert utf16_length(text) == len(to_units(text)) == len(text.encode("utf-16-le")) // 2


def test_a_character_outside_the_basic_plane_counts_twice() -> None:
    assert utf16_length("a😀я") == 4


def test_byte_offsets_count_utf8() -> None:
    assert byte_offset(to_units("😀я."), 3) == len("😀я".encode())
