import hashlib
import json
import secrets
import time
from typing import NamedTuple

from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from services.admin.panel.access.keeping import FAILURES
from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import is_conflict


class Link(NamedTuple):
    """An address that opens the panel once, for one person."""

    url: str
    expires_at: float


class Links:
    """One-time links. Methods raise ServiceUnavailable while NATS is away."""

    def __init__(self, bucket: KeyValue, panel_url: str, *, minutes: int) -> None:
        self._bucket = bucket
        self._panel_url = panel_url
        self._seconds = minutes * 60.0

    async def create(self, user_id: int) -> Link:
        """Make a link for somebody whose role has been looked up."""
        token, expires_at = secrets.token_urlsafe(32), time.time() + self._seconds
        value = json.dumps({"user_id": user_id, "expires_at": expires_at}).encode()
        try:
            await self._bucket.create(_key(token), value)
        except FAILURES as error:
            raise ServiceUnavailable("links cannot be made now") from error
        # After the number sign: what comes there is sent to no server, stands in no log, and is not
        # fetched by those who preview links.
        return Link(f"{self._panel_url}/enter#{token}", expires_at)

    async def use(self, token: str) -> int | None:
        """Return whose link it is, and spend it; None where it is unknown, spent or too old."""
        key = _key(token)
        try:
            entry = await self._bucket.get(key)
            # Of two who come at once only one meets the revision that was read.
            await self._bucket.delete(key, last=entry.revision)
        except KeyNotFoundError:
            return None
        except FAILURES as error:
            if is_conflict(error):
                return None
            raise ServiceUnavailable("links cannot be used now") from error
        kept = json.loads(entry.value or b"{}")
        return int(kept["user_id"]) if time.time() < kept["expires_at"] else None


def _key(token: str) -> str:
    return f"link.{hashlib.sha256(token.encode()).hexdigest()}"
