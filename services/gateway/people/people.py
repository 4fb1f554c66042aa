from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import structlog
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import ValidationError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import is_conflict
from services.gateway.lease import NATS_ERRORS, Tenure
from services.gateway.people.preferences import Preferences

log = structlog.get_logger()

MAX_CACHED: Final = 20_000
Change = Callable[[Preferences], Preferences]


class People:
    """The preferences of each chat, in a KV bucket.

    They are remembered for as long as this process speaks: the speaker is the only one that changes them.
    Raises ServiceUnavailable where the bucket does not answer for a while, and LeaseLost.
    """

    def __init__(self, bucket: KeyValue, *, bot_id: int, tenure: Tenure) -> None:
        self._bucket = bucket
        self._bot_id = bot_id
        self._tenure = tenure
        self._known: OrderedDict[int, tuple[Preferences, int]] = OrderedDict()

    async def of(self, chat_id: int) -> Preferences:
        """Those of a chat; those of everyone where it has set none."""
        preferences, _revision = await self._load(chat_id)
        return preferences

    async def change(self, chat_id: int, change: Change) -> Preferences:
        """Changes a chat's preferences and returns the new ones. `change` may be called more than once."""
        return await self._change(chat_id, change)

    async def move(self, from_chat_id: int, to_chat_id: int) -> None:
        """Gives a chat's preferences to the id that it has become; those that the new one has set stay."""
        moved = await self.of(from_chat_id)
        everyones = Preferences()
        await self.change(to_chat_id, lambda own: moved if own == everyones else own)

    @retry(
        retry=retry_if_exception_type(ServiceUnavailable),
        wait=wait_random_exponential(multiplier=0.1, max=1.0),
        stop=stop_after_delay(10),
        reraise=True,
    )
    async def _change(self, chat_id: int, change: Change) -> Preferences:
        old, revision = await self._load(chat_id)
        new = change(old)
        if new == old:
            return old
        self._tenure.check()
        value = new.model_dump_json(exclude_defaults=True).encode()
        try:
            revision = await self._bucket.update(self._key(chat_id), value, last=revision)
        except NATS_ERRORS as error:
            self._known.pop(chat_id, None)
            if not is_conflict(error):
                log.warning("preferences_not_written", error=type(error).__name__)
            raise ServiceUnavailable("preferences cannot be written") from error
        self._remember(chat_id, new, revision)
        return new

    @retry(
        retry=retry_if_exception_type(ServiceUnavailable),
        wait=wait_random_exponential(multiplier=0.1, max=1.0),
        stop=stop_after_delay(10),
        reraise=True,
    )
    async def _load(self, chat_id: int) -> tuple[Preferences, int]:
        if chat_id in self._known:
            self._known.move_to_end(chat_id)
            return self._known[chat_id]
        try:
            entry = await self._bucket.get(self._key(chat_id))
        except KeyNotFoundError as error:
            return self._remember(chat_id, Preferences(), error.entry.revision or 0 if error.entry else 0)
        except NATS_ERRORS as error:
            raise ServiceUnavailable("preferences cannot be read") from error
        return self._remember(chat_id, _read(entry.value or b"{}"), entry.revision or 0)

    def _remember(self, chat_id: int, preferences: Preferences, revision: int) -> tuple[Preferences, int]:
        self._known[chat_id] = preferences, revision
        self._known.move_to_end(chat_id)
        if len(self._known) > MAX_CACHED:
            self._known.popitem(last=False)
        return preferences, revision

    def _key(self, chat_id: int) -> str:
        return f"{self._bot_id}.{chat_id}"


def _read(value: bytes) -> Preferences:
    try:
        return Preferences.model_validate_json(value)
    except ValidationError as error:
        # Whoever cannot be read is served as everyone is, not locked out.
        log.error("preferences_unreadable", problems=error.error_count())
        return Preferences()
