import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from PIL import Image

from services.sandbox.vendor import tokens
from services.sandbox.vendor.drawing import Drawing
from services.sandbox.vendor.pictures import Format
from services.sandbox.vendor.samples import is_russian

PIXELS_PER_INPUT_TOKEN: Final = 32 * 32
MOST_INPUT_TOKENS: Final = 1536


class Sent(NamedTuple):
    """A picture that came with an order."""

    mime_type: str
    content: bytes
    picture: Image.Image


class Size(NamedTuple):
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Cost(NamedTuple):
    """What a picture costs, in tokens."""

    input_text: int
    input_image: int
    output_image: int


@dataclass(frozen=True)
class Order:
    """What a vendor is asked to draw, in one form for all."""

    model: str
    prompt: str
    size: Size
    output_tokens: int
    sent: Sequence[Sent] = ()
    format: Format = Format.PNG
    quality: int = 100
    preview_count: int = 0
    is_stream: bool = False

    @property
    def cost(self) -> Cost:
        areas = (item.picture.width * item.picture.height for item in self.sent)
        seen = sum(min(area // PIXELS_PER_INPUT_TOKEN + 1, MOST_INPUT_TOKENS) for area in areas)
        return Cost(tokens.count(self.prompt), seen, self.output_tokens)

    def drawing(self) -> Drawing:
        """Return what to draw: each time it is another picture."""
        russian = is_russian(self.prompt)
        mark = f"{'Песочница' if russian else 'Sandbox'} · {self.model}"
        if self.sent:
            mark += " · правка" if russian else " · edit"
        pictures = [item.picture for item in self.sent]
        return Drawing(self.prompt, mark, *self.size, secrets.token_bytes(16), pictures)
