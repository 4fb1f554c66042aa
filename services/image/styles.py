from enum import StrEnum
from typing import Final


class Style(StrEnum):
    """A manner of drawing. ANY is whatever suits the words."""

    ANY = "any"
    PHOTO = "photo"
    PAINTING = "painting"
    WATERCOLOR = "watercolor"
    PENCIL = "pencil"
    ANIME = "anime"
    RENDER = "render"
    PIXEL = "pixel"


# In English, whatever the user's words are: models know the manners best by these.
PHRASES: Final = {
    Style.PHOTO: "a realistic photograph with natural light and true-to-life detail",
    Style.PAINTING: "an oil painting with visible brushwork and rich colours",
    Style.WATERCOLOR: "a delicate watercolour with soft washes and the texture of paper",
    Style.PENCIL: "a hand-drawn graphite pencil sketch with fine hatching",
    Style.ANIME: "an anime illustration with clean lines and expressive cel shading",
    Style.RENDER: "a polished 3D render with soft studio light",
    Style.PIXEL: "crisp pixel art with a limited palette",
}
