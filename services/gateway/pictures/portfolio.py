from collections.abc import Iterator
from contextlib import contextmanager

from services.gateway.dialogue import Speaker
from services.gateway.image_client import ImageClient
from services.gateway.pictures.order import Picture


class Portfolio:
    """Pictures on their way into a chat: those at hand, and else from the image service."""

    def __init__(self, images: ImageClient) -> None:
        self._images = images
        self._at_hand: dict[str, Picture] = {}

    @contextmanager
    def holding(self, picture: Picture) -> Iterator[None]:
        """Keeps a picture at hand, as messengers show it, while it is sent."""
        self._at_hand[picture.picture_id] = picture
        try:
            yield
        finally:
            self._at_hand.pop(picture.picture_id, None)

    async def picture(self, picture_id: str, speaker: Speaker) -> Picture:
        """A picture as messengers show it. Raises QuartetError."""
        at_hand = self._at_hand.get(picture_id)
        return at_hand or await self._images.fetch(picture_id, speaker)

    async def original(self, picture_id: str, speaker: Speaker) -> Picture:
        """A picture bit by bit. Raises QuartetError."""
        return await self._images.fetch(picture_id, speaker, original=True)
