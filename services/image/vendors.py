from typing import TypeAlias

from services.image.providers.base import Drawn, ImageRequest, Preview
from services.providers.vendors import Vendors

ImageVendors: TypeAlias = Vendors[ImageRequest, Preview | Drawn]
"""The vendors of image models, as if they were one. Until the picture is there another one may take over."""


def is_drawn(piece: Preview | Drawn) -> bool:
    """Whether a piece shows that the vendor works: a preview may still come to nothing."""
    return isinstance(piece, Drawn)
