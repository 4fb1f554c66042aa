import colorsys
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageOps

from services.sandbox.vendor.lettering import write_mark, write_words

BANDS: Final = 7
SHAPES: Final = 16
FRAME_PIXELS_PER_SIDE: Final = 64
MOST_INSETS: Final = 3

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Drawing:
    """What is drawn: words on a scene of their own, or on the first picture where there are any.

    The words decide the colours, the seed decides the shapes.
    """

    words: str
    mark: str
    width: int
    height: int
    seed: bytes
    sources: Sequence[Image.Image] = ()


def draw(drawing: Drawing) -> Image.Image:
    """Return the picture, of exactly the size. It takes some 20 ms of a processor at 1024x1024."""
    palette = list(_palette(drawing.words))
    picture = _changed(drawing, palette) if drawing.sources else _scene(drawing, palette)
    write_words(picture, drawing.words)
    write_mark(picture, drawing.mark)
    return picture


def _scene(drawing: Drawing, palette: Sequence[Colour]) -> Image.Image:
    picture = Image.new("RGB", (drawing.width, drawing.height))
    canvas = ImageDraw.Draw(picture)
    for band in range(BANDS):
        top = drawing.height * band // BANDS
        canvas.rectangle((0, top, drawing.width, drawing.height), fill=palette[band % len(palette)])
    _scatter(canvas, drawing, palette)
    return picture


def _scatter(canvas: ImageDraw.ImageDraw, drawing: Drawing, palette: Sequence[Colour]) -> None:
    chances = hashlib.shake_256(drawing.seed).digest(SHAPES * 4)
    side = min(drawing.width, drawing.height)
    for start in range(0, len(chances), 4):
        across, down, size, kind = chances[start : start + 4]
        x, y, radius = across * drawing.width // 255, down * drawing.height // 255, side * (20 + size) // 1200
        box, colour = (x - radius, y - radius, x + radius, y + radius), palette[kind % len(palette)]
        match kind % 3:
            case 0:
                canvas.ellipse(box, fill=colour)
            case 1:
                canvas.rounded_rectangle(box, radius=radius // 3, fill=colour)
            case _:
                canvas.regular_polygon((x, y, max(radius, 1)), 3 + kind % 4, rotation=size, fill=colour)


def _changed(drawing: Drawing, palette: Sequence[Colour]) -> Image.Image:
    first, *others = (source.convert("RGB") for source in drawing.sources)
    picture = ImageOps.fit(first, (drawing.width, drawing.height))
    side = min(picture.size)
    frame = max(4, side // FRAME_PIXELS_PER_SIDE)
    canvas = ImageDraw.Draw(picture)
    # Two edits by the same words differ in their frame.
    colour = palette[drawing.seed[0] % len(palette)]
    canvas.rectangle((0, 0, picture.width - 1, picture.height - 1), outline=colour, width=frame)
    for place, other in enumerate(others[:MOST_INSETS]):
        inset = ImageOps.fit(other, (side // 5, side // 5))
        corner = picture.width - 2 * frame - inset.width, 2 * frame + place * (inset.height + frame)
        picture.paste(inset, corner)
    return picture


def _palette(words: str) -> Iterator[Colour]:
    digest = hashlib.sha256(words.encode()).digest()
    for step in range(6):
        hue = (digest[0] + digest[1 + step] / 4 + step * 10) / 255 % 1.0
        red, green, blue = colorsys.hls_to_rgb(hue, 0.35 + digest[8 + step] / 700, 0.7)
        yield round(red * 255), round(green * 255), round(blue * 255)
