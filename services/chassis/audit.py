import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Final

import nats.errors
from nats.js import JetStreamContext
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError

from services.chassis.errors import QuartetError, ServiceUnavailable
from services.chassis.jetstream import ensure_stream
from services.chassis.roles import AdminRole

STREAM: Final = "AUDIT"
KEPT_SECONDS: Final = 400 * 86_400.0
MAX_BYTES: Final = 512 * 2**20
MAX_VALUE_CHARACTERS: Final = 200
MAX_DETAILS: Final = 24
DONE: Final = "done"
FAILURES: Final = (APIError, nats.errors.Error, OSError)


async def ensure_audit_stream(js: JetStreamContext, *, replicas: int) -> None:
    """Make the stream, whoever comes first. Raises ConfigurationConflict.

    Nobody can take anything out of it before its time.
    """
    config = StreamConfig(
        name=STREAM,
        subjects=["audit.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=KEPT_SECONDS,
        max_bytes=MAX_BYTES,
        allow_direct=True,
        deny_delete=True,
        deny_purge=True,
        num_replicas=replicas,
    )
    await ensure_stream(js, config)


@dataclass(frozen=True)
class Deed:
    """What an admin set out to do, and how it ended: empty while not known, `done`, or an error's reason."""

    deed_id: str
    at: float
    user_id: int
    role: str
    name: str
    address: str
    details: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""


class Audit:
    """What admins did. A deed stands here before it is done: one that cannot be written is not done."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    @asynccontextmanager
    async def deed(
        self, user_id: int, role: AdminRole, name: str, *, address: str, details: Mapping[str, str]
    ) -> AsyncIterator[None]:
        """Write down what the block does, and how it ends. Raises ServiceUnavailable before the block."""
        kept = {key: value[:MAX_VALUE_CHARACTERS] for key, value in list(details.items())[:MAX_DETAILS]}
        deed = Deed(secrets.token_hex(8), time.time(), user_id, role.title, name, address, kept)
        await self._write(deed)
        outcome = "failed"
        try:
            yield
            outcome = DONE
        except QuartetError as error:
            outcome = error.reason.removeprefix("ERROR_REASON_").lower()
            raise
        finally:
            await self._write(Deed(**{**asdict(deed), "outcome": outcome}))

    async def note(self, user_id: int, role: AdminRole | None, name: str, *, address: str, how: str) -> None:
        """Write down what has happened already, such as that somebody came in."""
        title = role.title if role else "nobody"
        details = {"how": how}
        await self._write(
            Deed(secrets.token_hex(8), time.time(), user_id, title, name, address, details, DONE)
        )

    async def _write(self, deed: Deed) -> None:
        try:
            await self._js.publish(f"audit.{deed.name}", json.dumps(asdict(deed)).encode(), stream=STREAM)
        except FAILURES as error:
            raise ServiceUnavailable("the audit log cannot be written now") from error
