import re
from typing import Final

from nats.js import JetStreamContext
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from services.admin.panel.access.keeping import FAILURES
from services.chassis.errors import InvalidRequest, ServiceUnavailable, Violation
from services.chassis.jetstream import Nats, ensure_bucket, entries
from services.chassis.settings import LogLevel
from services.chassis.switches import BUCKET, switches_bucket

NAME: Final = re.compile(r"[A-Za-z0-9_/-]+(\.[A-Za-z0-9_/-]+)*")
MAX_CHARACTERS: Final = 100
LEVELS: Final = tuple(str(level) for level in LogLevel)
SERVICES: Final = ("gateway", "text", "image", "docs", "video", "admin")


class Switchboard:
    """Turns what every service watches: vendors and models off, and how much is logged.

    Methods raise ServiceUnavailable while NATS is away, and InvalidRequest for what nobody watches.
    """

    def __init__(self, js: JetStreamContext, bucket: KeyValue) -> None:
        self._js = js
        self._bucket = bucket

    async def all(self) -> dict[str, str]:
        """What is set, by its name: `off.<vendor>`, `off.<vendor>.<model>`, `log_level.<service>`."""
        try:
            return {entry.key: entry.value.decode() async for entry in entries(self._js, BUCKET)}
        except FAILURES as error:
            raise ServiceUnavailable("the switches cannot be read now") from error

    async def turn(self, provider: str, model: str, *, is_off: bool) -> None:
        """Switch a vendor, or one of its models, off or on again."""
        key = ".".join(part for part in ("off", provider, model) if part)
        if not provider or not NAME.fullmatch(key) or len(key) > MAX_CHARACTERS:
            raise InvalidRequest(violations=[Violation("provider", "is no name of a vendor or a model")])
        await (self._put(key, "off") if is_off else self._forget(key))

    async def log(self, service: str, level: str) -> None:
        """Set how much a service logs; an empty level is the one it was started with."""
        if service not in SERVICES or (level and level not in LEVELS):
            raise InvalidRequest(violations=[Violation("level", "is no level, or of no service")])
        key = f"log_level.{service}"
        await (self._put(key, level) if level else self._forget(key))

    async def _put(self, key: str, value: str) -> None:
        try:
            await self._bucket.put(key, value.encode())
        except FAILURES as error:
            raise ServiceUnavailable("the switches cannot be turned now") from error

    async def _forget(self, key: str) -> None:
        try:
            await self._bucket.delete(key)
        except KeyNotFoundError:
            return
        except FAILURES as error:
            raise ServiceUnavailable("the switches cannot be turned now") from error


async def open_switchboard(nats: Nats, *, replicas: int) -> Switchboard:
    """Make the bucket. Raises ConfigurationConflict."""
    return Switchboard(nats.js, await ensure_bucket(nats.js, switches_bucket(replicas)))
