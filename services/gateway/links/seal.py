import hmac
import json
from base64 import b64decode, urlsafe_b64encode
from typing import Final

from services.gateway.links.link import Form, Link

# The secret itself signs nothing, so that it may serve other purposes, too.
PURPOSE: Final = b"quartet.gateway.links.v1"
SIGNATURE_BYTES: Final = 32
MAX_TOKEN_CHARACTERS: Final = 1024


class BadToken(Exception):
    """Nobody here has sealed it."""


class ExpiredToken(Exception):
    """It was sealed here, and its time is over."""


class Seal:
    """Signs links, so that nobody else can make or change one: HMAC-SHA-256, RFC 2104."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), PURPOSE, "sha256")

    def seal(self, link: Link) -> str:
        """Write a link as a token of letters, digits, `-` and `_`."""
        said = [link.job_id, link.user_id, link.chat_id, link.form, link.expires_at]
        payload = json.dumps(said, separators=(",", ":")).encode()
        return urlsafe_b64encode(payload + self._signature(payload)).decode().rstrip("=")

    def open(self, token: str, now_seconds: float) -> Link:
        """Read a token. Raises BadToken, ExpiredToken."""
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise BadToken
        try:
            sealed = b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except ValueError as error:
            raise BadToken from error
        payload, signature = sealed[:-SIGNATURE_BYTES], sealed[-SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(payload)):
            raise BadToken
        job_id, user_id, chat_id, form, expires_at = json.loads(payload)
        if now_seconds >= expires_at:
            raise ExpiredToken
        if form not in set(Form):
            raise BadToken  # a newer release's
        return Link(job_id, user_id, chat_id, Form(form), expires_at)

    def _signature(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, "sha256")
