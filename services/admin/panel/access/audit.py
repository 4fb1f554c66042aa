import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Final

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from services.admin.panel.access.keeping import FAILURES
from services.chassis.errors import QuartetError, ServiceUnavailable
from services.chassis.roles import AdminRole

STREAM: Final = "AUDIT"
MAX_VALUE_CHARACTERS: Final = 200
MAX_DETAILS: Final = 24
READ_AT_ONCE: Final = 64
DONE: Final = "done"


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

    async def latest(self, count: int, *, before: int = 0) -> tuple[list[Deed], int]:
        """Return the latest deeds, or those before a place, the latest first, and the place to go on from.

        The place is 0 at the end. Raises ServiceUnavailable.
        """
        try:
            state = (await self._js.stream_info(STREAM)).state
            last = min(before - 1, state.last_seq) if before else state.last_seq
            first = max(last - 2 * count + 1, state.first_seq, 1)
            deeds = await self._read(first, last)
        except FAILURES as error:
            raise ServiceUnavailable("the audit log cannot be read now") from error
        return deeds, first if first > state.first_seq else 0

    async def _read(self, first: int, last: int) -> list[Deed]:
        gate = asyncio.Semaphore(READ_AT_ONCE)

        async def one(sequence: int) -> Deed | None:
            async with gate:
                try:
                    message = await self._js.get_msg(STREAM, sequence, direct=True)
                except NotFoundError:
                    return None
                return Deed(**json.loads(message.data or b"{}"))

        found = await asyncio.gather(*map(one, range(first, last + 1)))
        # A deed is written twice; what was written last says how it ended.
        known = {deed.deed_id: deed for deed in found if deed is not None}
        return sorted(known.values(), key=lambda deed: deed.at, reverse=True)

    async def _write(self, deed: Deed) -> None:
        try:
            await self._js.publish(f"audit.{deed.name}", json.dumps(asdict(deed)).encode(), stream=STREAM)
        except FAILURES as error:
            raise ServiceUnavailable("the audit log cannot be written now") from error
