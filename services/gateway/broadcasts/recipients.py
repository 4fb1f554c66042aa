import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Final

from nats.js import JetStreamContext
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import entries
from services.gateway.bookkeeping.directory import SECONDS_PER_DAY, Directory, Entry
from services.gateway.broadcasts.order import Audience, ChatKind, Copy, Fate
from services.gateway.lease import NATS_ERRORS

BUCKET: Final = "unreachable"


class Recipients:
    """Finds out of the directory whom an audience means. Raises ServiceUnavailable."""

    def __init__(
        self, directory: Directory, js: JetStreamContext, unreachable: KeyValue, *, bot_id: int
    ) -> None:
        self._js = js
        self._directory = directory
        self._unreachable = unreachable
        self._bot_id = bot_id

    async def of(self, audience: Audience) -> Mapping[int, Copy]:
        """Return the chats, each with what is known of its copy before anything is sent."""
        if audience.chat_id:
            return {audience.chat_id: Copy()}
        asked, since = await self._named(audience), _since(audience)
        meant = [entry for entry in asked if _is_meant(entry, audience, since)]
        lost = await self._lost()
        gone = {entry.chat_id for entry in meant if lost.get(entry.chat_id, -1.0) >= entry.heard_at}
        return {
            entry.chat_id: Copy(fate=Fate.SKIPPED) if entry.chat_id in gone else Copy() for entry in meant
        }

    async def sizes(self, audiences: Sequence[Audience]) -> list[int]:
        """How many chats each audience means, all read at once: who has blocked the bot does not count."""
        everyone = [entry for entry in (await self._directory.everyone()).values() if entry.chat_id]
        lost = await self._lost()
        there = [entry for entry in everyone if lost.get(entry.chat_id, -1.0) < entry.heard_at]
        return [
            sum(_is_meant(entry, audience, _since(audience)) for entry in there) for audience in audiences
        ]

    async def lost(self, chat_id: int) -> None:
        """Remember that a chat has blocked the bot."""
        try:
            await self._unreachable.put(self._key(chat_id), str(time.time()).encode())
        except NATS_ERRORS as error:
            raise ServiceUnavailable("who has blocked the bot cannot be written") from error

    async def lost_at(self, chat_id: int) -> float | None:
        """Say when a chat was found to have blocked the bot, in Unix seconds, if it is remembered."""
        try:
            return float((await self._unreachable.get(self._key(chat_id))).value or b"")
        except KeyNotFoundError:
            return None
        except NATS_ERRORS as error:
            raise ServiceUnavailable("who has blocked the bot cannot be read") from error

    async def forget(self, chat_id: int) -> None:
        """Remember no more that a chat has blocked the bot."""
        try:
            await self._js.purge_stream(f"KV_{BUCKET}", subject=f"$KV.{BUCKET}.{self._key(chat_id)}")
        except NATS_ERRORS as error:
            raise ServiceUnavailable("who has blocked the bot cannot be written") from error

    async def _named(self, audience: Audience) -> list[Entry]:
        everyone = await self._directory.everyone()
        if not audience.user_keys:
            return [entry for entry in everyone.values() if entry.chat_id]
        users = {everyone[key].user_id for key in audience.user_keys if key in everyone}
        return [entry for entry in everyone.values() if entry.chat_id and entry.chat_id in users]

    async def _lost(self) -> dict[int, float]:
        """When each chat that has blocked the bot was found to have."""
        prefix = f"{self._bot_id}."
        try:
            async with aclosing(entries(self._js, BUCKET, f"{prefix}*")) as listed:
                return {int(one.key.removeprefix(prefix)): float(one.value) async for one in listed}
        except NATS_ERRORS as error:
            raise ServiceUnavailable("who has blocked the bot cannot be read") from error

    def _key(self, chat_id: int) -> str:
        return f"{self._bot_id}.{chat_id}"


def _since(audience: Audience) -> float:
    return time.time() - audience.active_days * SECONDS_PER_DAY if audience.active_days else 0.0


def _is_meant(entry: Entry, audience: Audience, since: float) -> bool:
    # Telegram's ids of groups are negative.
    kind = ChatKind.GROUP if entry.chat_id < 0 else ChatKind.PRIVATE
    return (
        entry.heard_at >= since
        and audience.chat_kind in (ChatKind.ANY, kind)
        and audience.language_code in ("", entry.language_code)
    )
