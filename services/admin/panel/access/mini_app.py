import base64
import binascii
import hashlib
import json
import time
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nats.js.kv import KeyValue

from services.admin.panel.access.keeping import FAILURES
from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import is_conflict

MAX_CHARACTERS: Final = 8192
CLOCKS_APART_SECONDS: Final = 30.0
UNSIGNED: Final = ("hash", "signature")


class Introduced(NamedTuple):
    """Whom Telegram has signed for."""

    user_id: int
    language_code: str
    signature: str


class MiniApp:
    """Verifies what Telegram signs for a Mini App, with its public key: no bot token is needed.

    https://core.telegram.org/bots/webapps#validating-data-for-third-party-use
    """

    def __init__(self, bot_id: int | None, public_key: str, used: KeyValue, *, fresh_seconds: float) -> None:
        self._bot_id = bot_id
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        self._used = used
        self._fresh_seconds = fresh_seconds

    @property
    def is_on(self) -> bool:
        return self._bot_id is not None

    def introduced(self, init_data: str) -> Introduced | None:
        """Return whom the data is about; None where it is forged, too old, or about nobody."""
        if self._bot_id is None or len(init_data) > MAX_CHARACTERS:
            return None
        pairs = parse_qsl(init_data, keep_blank_values=True)
        fields = dict(pairs)
        if len(fields) != len(pairs):
            return None
        signature = fields.get("signature", "")
        if not self._is_signed(fields, signature) or not self._is_fresh(fields.get("auth_date", "")):
            return None
        return _introduced(fields.get("user", ""), signature)

    async def spend(self, introduced: Introduced) -> bool:
        """Tell whether nobody has come in by this before. Raises ServiceUnavailable."""
        key = f"mini_app.{hashlib.sha256(introduced.signature.encode()).hexdigest()}"
        try:
            await self._used.create(key, b"")
        except FAILURES as error:
            if is_conflict(error):
                return False
            raise ServiceUnavailable("nobody can be let in now") from error
        return True

    def _is_signed(self, fields: dict[str, str], signature: str) -> bool:
        lines = sorted(f"{name}={value}" for name, value in fields.items() if name not in UNSIGNED)
        signed = "\n".join([f"{self._bot_id}:WebAppData", *lines])
        try:
            padded = signature + "=" * (-len(signature) % 4)
            # Any other way to write the same signature would pass for one that was not used yet.
            raw = base64.b64decode(padded, altchars=b"-_", validate=True)
            if base64.urlsafe_b64encode(raw).decode().rstrip("=") != signature.rstrip("="):
                return False
            self._key.verify(raw, signed.encode())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    def _is_fresh(self, auth_date: str) -> bool:
        if not auth_date.isascii() or not auth_date.isdigit():
            return False
        age_seconds = time.time() - int(auth_date)
        return -CLOCKS_APART_SECONDS <= age_seconds <= self._fresh_seconds


def _introduced(user: str, signature: str) -> Introduced | None:
    try:
        person = json.loads(user)
        user_id = person["id"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(user_id, int) or isinstance(user_id, bool):
        return None
    return Introduced(user_id, str(person.get("language_code", "")), signature.rstrip("="))
