import time
from typing import Final, Self

from services.gateway.dialogue import Speaker
from services.gateway.links.link import Form, Link
from services.gateway.links.seal import Seal
from services.gateway.links.settings import LinkSettings

SECONDS_PER_HOUR: Final = 3600
FOLDER: Final = "v"


class Addresses:
    """Gives out addresses of videos. Each expires, and needs nothing but itself."""

    def __init__(self, public_url: str, seal: Seal, *, hours: float) -> None:
        self._public_url = public_url
        self._seal = seal
        self.hours = hours

    @classmethod
    def of(cls, settings: LinkSettings) -> Self | None:
        """None where this installation has no public address."""
        if not settings.public_url or settings.link_secret is None:
            return None
        seal = Seal(settings.link_secret.get_secret_value())
        return cls(settings.public_url, seal, hours=settings.link_hours)

    def address(self, job_id: str, speaker: Speaker, form: Form) -> str:
        """Return the address of a file of a video that the speaker may have."""
        expires_at = int(time.time() + self.hours * SECONDS_PER_HOUR)
        link = Link(job_id, speaker.user_id, speaker.chat_id, form, expires_at)
        return f"{self._public_url}/{FOLDER}/{self._seal.seal(link)}"
