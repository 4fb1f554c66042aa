import re
from importlib.resources import as_file, files
from typing import Final

from PIL import Image, ImageDraw, ImageFont, ImageText

FONT: Final = files("ttf_opensans").joinpath("ttf", "OpenSans-SemiBold.ttf")
INK: Final = (255, 255, 255)
SHADE: Final = (20, 22, 34, 225)
MARK_SHADE: Final = (190, 40, 90, 255)
# In parts of the picture's shorter side.
LARGEST_LETTER: Final = 0.06
SMALLEST_LETTER: Final = 0.022
MARGIN: Final = 0.04
# Of the picture's height: what of it words may cover.
WORDS_HEIGHT: Final = 0.55
LONGEST_WORDS: Final = 1500
# A word that would not fit even in the smallest letters is broken.
TOO_LONG: Final = re.compile(r"\S{30}(?=\S)")


def write_words(picture: Image.Image, words: str) -> None:
    """Write words on the lower part of a picture, as large as they fit; what does not fit is left out."""
    side, margin = min(picture.size), int(min(picture.size) * MARGIN)
    room = picture.width - 4 * margin, int(picture.height * WORDS_HEIGHT)
    text = _fitted(TOO_LONG.sub(r"\g<0> ", " ".join(words[:LONGEST_WORDS].split())), side, room)
    draw = ImageDraw.Draw(picture, "RGBA")
    left, top, right, bottom = text.get_bbox()
    panel_top = picture.height - margin * 3 - int(bottom - top)
    panel = (margin, panel_top, picture.width - margin, picture.height - margin)
    draw.rounded_rectangle(panel, radius=margin, fill=SHADE)
    place = (picture.width - (right - left)) / 2 - left, panel_top + margin - top
    draw.text(place, text, fill=INK)


def write_mark(picture: Image.Image, mark: str) -> None:
    """Write in a corner where the picture comes from."""
    side = min(picture.size)
    font, margin = _font(side * SMALLEST_LETTER * 1.3), side * MARGIN
    draw = ImageDraw.Draw(picture, "RGBA")
    left, top, right, bottom = draw.textbbox((2 * margin, 1.5 * margin), mark, font=font)
    pad = margin / 2
    draw.rounded_rectangle((left - pad, top - pad, right + pad, bottom + pad), radius=pad, fill=MARK_SHADE)
    draw.text((2 * margin, 1.5 * margin), mark, font=font, fill=INK)


def _fitted(words: str, side: int, room: tuple[int, int]) -> ImageText.Text[str]:
    letter = side * LARGEST_LETTER
    while True:
        text = ImageText.Text(words, _font(letter))
        is_smallest = letter <= side * SMALLEST_LETTER
        try:
            if text.wrap(*room) is None or is_smallest:
                return text
        except ValueError:  # one word is wider than the line
            if is_smallest:
                raise
        letter *= 0.8


def _font(letter_pixels: float) -> ImageFont.FreeTypeFont:
    with as_file(FONT) as path:
        return ImageFont.truetype(path, max(6.0, letter_pixels))
