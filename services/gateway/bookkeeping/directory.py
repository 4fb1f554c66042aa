import time
from collections import OrderedDict
from contextlib import aclosing
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import BaseModel, ConfigDict, ValidationError

from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import Nats, ensure_bucket, entries
from services.gateway.lease import NATS_ERRORS

BUCKET: Final = "directory"
SECONDS_PER_DAY: Final = 86_400.0
KEPT_SECONDS: Final = 180 * SECONDS_PER_DAY
"""So long after they were last heard of, a key leads to nobody any more; as long as the tables keep it."""
MAX_REMEMBERED: Final = 50_000


class Entry(BaseModel):
    """Whom a key means: a user, or a chat."""

    model_config = ConfigDict(frozen=True)

    user_id: int = 0
    chat_id: int = 0
    language_code: str = ""
    heard_at: float = 0.0
    """Unix seconds; at most a day behind."""


class Directory:
    """Leads from keys back to people, for those who may. Raises ServiceUnavailable."""

    def __init__(self, js: JetStreamContext, bucket: KeyValue) -> None:
        self._js = js
        self._bucket = bucket
        self._noted: OrderedDict[int, float] = OrderedDict()

    async def note(
        self, user_key: int, user_id: int, chat_key: int, chat_id: int, language_code: str = ""
    ) -> None:
        """Remember whom keys mean. Each is written at most once a day."""
        heard_at = time.time()
        await self._note(user_key, Entry(user_id=user_id, heard_at=heard_at))
        chat = Entry(chat_id=chat_id, language_code=language_code, heard_at=heard_at)
        await self._note(chat_key, chat)

    async def everyone(self) -> dict[int, Entry]:
        """Say whom all keys mean that are known."""
        try:
            async with aclosing(entries(self._js, BUCKET)) as listed:
                return {int(one.key, 16): Entry.model_validate_json(one.value) async for one in listed}
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the directory cannot be read") from error

    async def find(self, key: int) -> Entry | None:
        """Say whom a key means, as long as that is known."""
        try:
            found = await self._bucket.get(_name(key))
            return Entry.model_validate_json(found.value or b"")
        except (KeyNotFoundError, ValidationError):
            return None
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the directory cannot be read") from error

    async def forget(self, key: int) -> None:
        """From now on a key leads to nobody."""
        self._noted.pop(key, None)
        try:
            await self._bucket.purge(_name(key))
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the directory cannot be written") from error

    async def _note(self, key: int, entry: Entry) -> None:
        now = time.time()
        if not key or now - self._noted.get(key, 0.0) < SECONDS_PER_DAY:
            return
        try:
            await self._bucket.put(_name(key), entry.model_dump_json(exclude_defaults=True).encode())
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the directory cannot be written") from error
        self._noted[key] = now
        self._noted.move_to_end(key)
        if len(self._noted) > MAX_REMEMBERED:
            self._noted.popitem(last=False)


def _name(key: int) -> str:
    return f"{key:016x}"


async def open_directory(nats: Nats, *, replicas: int) -> Directory:
    """Create or update the bucket. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="Whom the keys of analysts mean, owned by the gateway.",
        ttl=KEPT_SECONDS,
        replicas=replicas,
    )
    return Directory(nats.js, await ensure_bucket(nats.js, config))
