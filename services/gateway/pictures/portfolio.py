import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.chassis.backoff import Backoff
from services.chassis.errors import ServiceUnavailable
from services.gateway.dialogue import Speaker
from services.gateway.image_client import ImageClient
from services.gateway.pictures.order import Picture, Version

LOOKING_SECONDS: Final = 4.0
"""A button that was pressed turns for so long at most."""


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

    async def version(self, version: Version, speaker: Speaker) -> Picture:
        """A version as messengers show it, for somebody who looks: a busy moment is waited out.

        Raises QuartetError.
        """
        gives_up_at = time.monotonic() + LOOKING_SECONDS
        backoff = Backoff(0.2, longest_seconds=1.0)
        while True:
            try:
                return await self._images.fetch(version, speaker)
            except ServiceUnavailable:
                if time.monotonic() > gives_up_at:
                    raise
            await backoff.pause()
