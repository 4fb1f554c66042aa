import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Final

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, RePublish, StorageType
from nats.js.kv import KeyValue
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.chassis.backoff import Backoff
from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import Nats, ensure_bucket, entries
from services.chassis.signals import ended
from services.gateway.access.standing import USUAL, Mode, Standing
from services.gateway.lease import NATS_ERRORS
from services.gateway.quotas.measures import Limits

log = structlog.get_logger()

BUCKET: Final = "standings"
NEWS: Final = "quartet.standings"
LIMITS: Final = TypeAdapter(dict[str, int])


class Register:
    """What operators have set, as far as this replica has heard: within a second, or when NATS is back.

    Writing raises ServiceUnavailable.
    """

    def __init__(self, js: JetStreamContext, bucket: KeyValue, *, bot_id: int) -> None:
        self._js = js
        self._bucket = bucket
        self._prefix = f"{bot_id}."
        self._news = asyncio.Event()
        # One at a time, or what was read before a change takes the place of what is read after it.
        self._reading = asyncio.Lock()
        self.mode = Mode()
        self.standings: Mapping[int, Standing] = {}
        self.limits: Mapping[str, Limits] = {}
        """Of plans, by name; of all people together, by the empty name."""

    def of(self, subject_id: int) -> Standing:
        """What is set of a user, or of a group, whose id is negative."""
        return self.standings.get(subject_id, USUAL)

    async def set_standing(self, subject_id: int, standing: Standing) -> None:
        await self._put(f"one.{subject_id}", standing)

    async def set_mode(self, mode: Mode) -> None:
        await self._put("mode", mode)

    async def set_limits(self, plan: str, limits: Limits) -> None:
        """Replace those of a plan, or of all people together where it is empty."""
        await self._write(f"plan.{plan}" if plan else "total", LIMITS.dump_json(dict(limits)))

    async def hear(self, _news: Msg | None = None) -> None:
        """Something has changed, or may have."""
        self._news.set()

    async def read(self) -> None:
        """Read everything that is set. Raises what NATS raises."""
        async with self._reading:
            await self._read()

    async def _read(self) -> None:
        mode, standings, limits = Mode(), dict[int, Standing](), dict[str, Limits]()
        async with aclosing(entries(self._js, BUCKET, f"{self._prefix}>")) as listed:
            async for entry in listed:
                kind, _, name = entry.key.removeprefix(self._prefix).partition(".")
                try:
                    if kind == "one":
                        standings[int(name)] = Standing.model_validate_json(entry.value)
                    elif kind == "mode":
                        mode = Mode.model_validate_json(entry.value)
                    else:
                        limits[name] = LIMITS.validate_json(entry.value)
                except ValidationError as error:
                    log.error("standing_unreadable", kind=kind, problems=error.error_count())
        self.mode, self.standings, self.limits = mode, standings, limits

    async def follow(self) -> None:
        """Read it again whenever there is news, until cancelled."""
        backoff = Backoff(0.2, longest_seconds=3.0)
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self.read()
                backoff.reset()
            except (OSError, *NATS_ERRORS) as error:
                log.warning("standings_wait", error=type(error).__name__)
                self._news.set()
                await backoff.pause()

    async def _put(self, name: str, value: BaseModel) -> None:
        await self._write(name, value.model_dump_json(exclude_defaults=True).encode())

    async def _write(self, name: str, value: bytes) -> None:
        try:
            await self._bucket.put(f"{self._prefix}{name}", value)
            # Whoever has set it finds it set.
            await self.read()
        except NATS_ERRORS as error:
            raise ServiceUnavailable("what operators set cannot be written") from error


@asynccontextmanager
async def open_register(nats_: Nats, *, bot_id: int, replicas: int) -> AsyncIterator[Register]:
    """Make the bucket, and follow it while the block runs. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="What operators set of people: bans, limits, plans; owned by the gateway.",
        storage=StorageType.FILE,
        replicas=replicas,
        # The server tells of a change once it is stored: whoever then reads finds it.
        republish=RePublish(src=f"$KV.{BUCKET}.>", dest=f"{NEWS}.>", headers_only=True),
    )
    register = Register(nats_.js, await ensure_bucket(nats_.js, config), bot_id=bot_id)
    subscription = await nats_.client.subscribe(f"{NEWS}.>", cb=register.hear)
    await nats_.client.flush()
    await register.read()
    tasks = [asyncio.create_task(register.follow()), asyncio.create_task(_reconnecting(nats_, register))]
    try:
        yield register
    finally:
        await ended(tasks)
        with suppress(OSError, nats.errors.Error):
            await subscription.unsubscribe()


async def _reconnecting(nats_: Nats, register: Register) -> None:
    while True:
        await nats_.reconnected.wait()
        await register.hear()
