import pytest
from PIL import Image, ImageChops

from services.sandbox.vendor.drawing import Drawing, draw

SQUARE = (512, 512)


def drawing(words: str = "Кот в шляпе", seed: bytes = b"1", sources: tuple[Image.Image, ...] = ()) -> Drawing:
    return Drawing(words, "Песочница", *SQUARE, seed, sources)


def differs(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is not None


@pytest.mark.parametrize("size", [(1024, 1024), (848, 1264), (3840, 2160), (384, 1152)])
def test_a_picture_has_exactly_the_size_that_was_asked_for(size: tuple[int, int]) -> None:
    assert draw(Drawing("A cat", "Sandbox", *size, b"1")).size == size


def test_other_words_and_another_call_make_another_picture() -> None:
    first = draw(drawing())
    assert not differs(first, draw(drawing()))
    assert differs(first, draw(drawing(words="Собака")))
    assert differs(first, draw(drawing(seed=b"2")))


def test_letters_of_any_alphabet_that_users_write_in_are_drawn() -> None:
    pictures = [draw(drawing(words=word)).crop((0, 256, *SQUARE)) for word in ("щ", "ж", "z", "ї", "қ")]
    # A letter that the font lacks would be the same box each time, and the colours lie under a dark panel.
    panels = [picture.convert("L").point(lambda light: 255 if light > 200 else 0) for picture in pictures]
    for place, one in enumerate(panels):
        assert all(differs(one, other) for other in panels[place + 1 :])


def test_an_edit_shows_the_picture_that_was_sent() -> None:
    source = Image.new("RGB", (300, 200), (12, 200, 120))
    edited = draw(drawing("Ночь", sources=(source, source)))
    assert edited.getpixel((256, 200)) == (12, 200, 120)
    assert differs(edited, draw(drawing("День", sources=(source,))))


@pytest.mark.parametrize("words", ["", " \n", "слово " * 5000, "ы" * 3000, "😀 <b>&amp;\x00\u202e"])
def test_any_words_can_be_drawn(words: str) -> None:
    assert draw(drawing(words=words)).size == SQUARE
