import asyncio
import json
from typing import Final

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from services.chassis.audit import FAILURES, STREAM, Deed
from services.chassis.errors import ServiceUnavailable

READ_AT_ONCE: Final = 64


class AuditLog:
    """What admins did, to be looked at."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

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
