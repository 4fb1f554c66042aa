import hashlib
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from nats.js import JetStreamContext
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from services.admin.panel.access.keeping import FAILURES
from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import entries, is_conflict

RENEW_SECONDS: Final = 60.0


class Door(StrEnum):
    """How somebody came in."""

    LINK = "link"
    MINI_APP = "mini_app"


@dataclass(frozen=True)
class Session:
    """Somebody who is in. `session_id` is the hash of what the cookie holds; times are Unix seconds."""

    session_id: str
    user_id: int
    door: Door
    began_at: float
    seen_at: float
    address: str
    browser: str


class Sessions:
    """Who is in. A session ends when it is not used, when its time is over, or when it is taken away.

    Methods raise ServiceUnavailable while NATS is away.
    """

    def __init__(
        self, js: JetStreamContext, bucket: KeyValue, name: str, secret: str, *, hours: float
    ) -> None:
        self._js = js
        self._bucket = bucket
        self._name = name
        self._serializer = URLSafeSerializer(secret, salt="quartet.panel.session")
        self._forms_key = hashlib.sha256(f"quartet.panel.forms:{secret}".encode()).digest()
        self._seconds = hours * 3600

    async def begin(self, user_id: int, door: Door, address: str, browser: str) -> tuple[Session, str]:
        """Let somebody in. Return the session and what the cookie is to hold."""
        token, now = secrets.token_urlsafe(32), time.time()
        session = Session(_hashed(token), user_id, door, now, now, address[:64], browser[:120])
        await self._write(session, last=0)
        return session, str(self._serializer.dumps(token))

    async def find(self, cookie: str) -> Session | None:
        """Return the session that a cookie belongs to, used now; None where there is none any more."""
        try:
            session_id = _hashed(str(self._serializer.loads(cookie)))
        except BadSignature:
            return None
        kept = await self._get(session_id)
        if kept is None:
            return None
        session, revision = kept
        if time.time() - session.seen_at > RENEW_SECONDS:
            session = replace(session, seen_at=time.time())
            # Whoever has taken it away meanwhile must not see it come back.
            await self._write(session, last=revision)
        return session

    async def is_on(self, session: Session) -> bool:
        """Tell whether a session has not ended meanwhile."""
        return await self._get(session.session_id) is not None

    async def end(self, session_id: str) -> None:
        """Take a session away, everywhere at once."""
        try:
            await self._bucket.purge(session_id)
        except FAILURES as error:
            raise ServiceUnavailable("sessions cannot be ended now") from error

    async def all(self) -> list[Session]:
        """Return those who are in, the last seen first."""
        try:
            found = [_read(entry.value) async for entry in entries(self._js, self._name)]
        except FAILURES as error:
            raise ServiceUnavailable("sessions cannot be read now") from error
        return sorted(found, key=lambda session: session.seen_at, reverse=True)

    def form_token(self, session: Session) -> str:
        """Return what every form of this session holds, and no other site can know."""
        return hmac.new(self._forms_key, session.session_id.encode(), "sha256").hexdigest()

    def is_form_token(self, session: Session, token: str) -> bool:
        return hmac.compare_digest(self.form_token(session), token)

    async def _get(self, session_id: str) -> tuple[Session, int] | None:
        try:
            entry = await self._bucket.get(session_id)
        except KeyNotFoundError:
            return None
        except FAILURES as error:
            raise ServiceUnavailable("sessions cannot be read now") from error
        session = _read(entry.value or b"")
        is_over = time.time() - session.began_at > self._seconds
        return None if is_over else (session, entry.revision or 0)

    async def _write(self, session: Session, *, last: int) -> None:
        value = json.dumps(asdict(session)).encode()
        try:
            await self._bucket.update(session.session_id, value, last=last)
        except FAILURES as error:
            if not is_conflict(error):
                raise ServiceUnavailable("sessions cannot be kept now") from error


def _read(value: bytes) -> Session:
    fields = json.loads(value)
    return Session(**{**fields, "door": Door(fields["door"])})


def _hashed(token: str) -> str:
    # Whoever reads the store must not be able to come in.
    return hashlib.sha256(token.encode()).hexdigest()
