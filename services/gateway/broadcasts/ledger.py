from contextlib import aclosing
from typing import Final, NamedTuple

from nats.js import JetStreamContext
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import BaseModel
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.jetstream import entries, is_conflict
from services.gateway.broadcasts.order import Copy, Course, Order, Tally
from services.gateway.lease import NATS_ERRORS, LeaseLost

BUCKET: Final = "deliveries"
KEPT_SECONDS: Final = 90 * 86_400.0
OVER: Final = (Course.CANCELLED, Course.DONE, Course.RETRACTED)

_retrying = retry(
    retry=retry_if_exception_type(ServiceUnavailable),
    wait=wait_random_exponential(multiplier=0.1, max=1.0),
    stop=stop_after_delay(10),
    reraise=True,
)


class Addressed(NamedTuple):
    """A recipient's copy, as it stands in the ledger."""

    chat_id: int
    copy: Copy
    revision: int


class Ledger:
    """Who has which delivery, in a KV bucket: one key for the order, one for each recipient's copy.

    Every write is a compare-and-swap. Raises ServiceUnavailable while the bucket does not answer.
    """

    def __init__(self, js: JetStreamContext, bucket: KeyValue, *, bot_id: int) -> None:
        self._js = js
        self._bucket = bucket
        self._bot_id = bot_id

    @_retrying
    async def place(self, delivery_id: str, order: Order) -> None:
        """Write down an order; one that stands already stays as it is."""
        await self._create(self._head(delivery_id), order)

    async def order(self, delivery_id: str) -> Order:
        """Return an order. Raises ResourceNotFound."""
        order, _revision = await self._read(delivery_id)
        return order

    @_retrying
    async def steer(self, delivery_id: str, course: Course) -> Order:
        """Change the course, unless that has come to its end, and return what stands then."""
        order, revision = await self._read(delivery_id)
        if order.course in OVER and course is not Course.RETRACTED:
            return order
        steered = order.model_copy(update={"course": course, "tallies": ()})
        return await self._swap(delivery_id, steered, revision)

    @_retrying
    async def conclude(self, delivery_id: str, tallies: tuple[Tally, ...]) -> None:
        """Write what has become of all copies; what has not come to another end is done."""
        order, revision = await self._read(delivery_id)
        course = order.course if order.course in OVER else Course.DONE
        await self._swap(
            delivery_id, order.model_copy(update={"course": course, "tallies": tallies}), revision
        )

    @_retrying
    async def addressed(self, delivery_id: str) -> None:
        """Close the list of recipients."""
        order, revision = await self._read(delivery_id)
        await self._swap(delivery_id, order.model_copy(update={"is_addressed": True}), revision)

    @_retrying
    async def enlist(self, delivery_id: str, chat_id: int, copy: Copy) -> None:
        """Add a recipient; one who is there stays."""
        await self._create(f"{self._head(delivery_id)}.{chat_id}", copy)

    async def copies(self, delivery_id: str, *, after: int = 0) -> list[Addressed]:
        """Return every recipient's copy; with `after` those that were written after this revision."""
        prefix = f"{self._head(delivery_id)}."
        found: dict[int, Addressed] = {}
        try:
            async with aclosing(entries(self._js, BUCKET, f"{prefix}*", after=after)) as listed:
                async for entry in listed:
                    chat_id = int(entry.key.removeprefix(prefix))
                    copy = Copy.model_validate_json(entry.value)
                    found[chat_id] = Addressed(chat_id, copy, entry.revision)
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the ledger of deliveries cannot be read") from error
        return list(found.values())

    @_retrying
    async def write(self, delivery_id: str, addressed: Addressed, copy: Copy) -> Addressed:
        """Write what has become of a copy.

        Raises LeaseLost where another gateway has written since, ResourceNotFound where it was forgotten.
        """
        key, value = f"{self._head(delivery_id)}.{addressed.chat_id}", _json(copy)
        try:
            revision = await self._bucket.update(key, value, last=addressed.revision)
        except NATS_ERRORS as error:
            if not is_conflict(error):
                raise ServiceUnavailable("the ledger of deliveries cannot be written") from error
            # Perhaps it is one's own, whose confirmation was lost.
            entry = await self._get(key)
            if entry.value != value:
                raise LeaseLost from error
            revision = entry.revision or 0
        return addressed._replace(copy=copy, revision=revision)

    async def received(self, chat_id: int) -> dict[str, Copy]:
        """Return what a chat has of each delivery."""
        head, tail = f"{self._bot_id}.", f".{chat_id}"
        try:
            async with aclosing(entries(self._js, BUCKET, f"{head}*{tail}")) as listed:
                return {
                    entry.key.removeprefix(head).removesuffix(tail): Copy.model_validate_json(entry.value)
                    async for entry in listed
                }
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the ledger of deliveries cannot be read") from error

    async def forget(self, chat_id: int) -> None:
        """Strike a chat off every delivery; not even the name of a key is left of it."""
        try:
            await self._js.purge_stream(f"KV_{BUCKET}", subject=f"$KV.{BUCKET}.{self._bot_id}.*.{chat_id}")
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the ledger of deliveries cannot be written") from error

    async def _read(self, delivery_id: str) -> tuple[Order, int]:
        entry = await self._get(self._head(delivery_id))
        return Order.model_validate_json(entry.value or b""), entry.revision or 0

    async def _get(self, key: str) -> KeyValue.Entry:
        try:
            return await self._bucket.get(key)
        except KeyNotFoundError as error:
            raise ResourceNotFound("there is no such delivery") from error
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the ledger of deliveries cannot be read") from error

    async def _swap(self, delivery_id: str, order: Order, revision: int) -> Order:
        try:
            await self._bucket.update(self._head(delivery_id), _json(order), last=revision)
        except NATS_ERRORS as error:
            raise ServiceUnavailable("the ledger of deliveries cannot be written") from error
        return order

    async def _create(self, key: str, value: BaseModel) -> None:
        try:
            await self._bucket.update(key, _json(value), last=0)
        except NATS_ERRORS as error:
            if not is_conflict(error):
                raise ServiceUnavailable("the ledger of deliveries cannot be written") from error

    def _head(self, delivery_id: str) -> str:
        return f"{self._bot_id}.{delivery_id}"


def _json(value: BaseModel) -> bytes:
    return value.model_dump_json(exclude_defaults=True).encode()
