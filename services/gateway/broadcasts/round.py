import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final

import structlog
from aiogram.exceptions import AiogramError, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.methods import DeleteMessage

from services.chassis.backoff import Backoff
from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.failpoints import Failpoints
from services.gateway.broadcasts.ledger import Addressed, Ledger
from services.gateway.broadcasts.letter import Letter
from services.gateway.broadcasts.order import Copy, Course, Fate, Order, tallied
from services.gateway.broadcasts.recipients import Recipients
from services.gateway.broadcasts.steering import Steering
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.outcomes import Outcome, describe, message_id_of, outcome_of
from services.gateway.delivery.scheduler import Scheduler

log = structlog.get_logger()

SIDE_BY_SIDE: Final = 8
"""So many are in doubt at most when the process dies."""
MAX_ATTEMPTS: Final = 5


class Round:
    """Brings a delivery to everyone in the ledger, never twice. Goes on where another has left off."""

    def __init__(
        self,
        ledger: Ledger,
        recipients: Recipients,
        scheduler: Scheduler,
        failpoints: Failpoints,
        closing: asyncio.Event,
    ) -> None:
        self._ledger = ledger
        self._recipients = recipients
        self._scheduler = scheduler
        self._failpoints = failpoints
        self._closing = closing
        self._turn = asyncio.Lock()

    async def go(self, delivery_id: str) -> None:
        """Send what is to be sent. Raises ServiceUnavailable or LeaseLost: others go on."""
        order = await self._ledger.order(delivery_id)
        if order.course is Course.RETRACTED:
            await self._retract(delivery_id)
            await self._conclude(delivery_id)
            return
        steering = Steering(order, self._closing)
        async with steering.watching(self._ledger, delivery_id):
            if order.not_before and not await steering.may_send():
                return
            await self._address(delivery_id, order)
            copies = await self._settled(delivery_id)
            await self._send_all(delivery_id, copies, Letter(order), steering)
            await self._conclude(delivery_id)
        log.info("delivery_ended", delivery_id=delivery_id)

    async def _address(self, delivery_id: str, order: Order) -> None:
        if order.is_addressed:
            return
        for chat_id, copy in (await self._recipients.of(order.audience)).items():
            await self._ledger.enlist(delivery_id, chat_id, copy)
        await self._ledger.addressed(delivery_id)

    async def _settled(self, delivery_id: str) -> list[Addressed]:
        """What a predecessor was cut off in is never sent again: it may have arrived."""
        copies = await self._ledger.copies(delivery_id)
        for addressed in copies:
            if addressed.copy.fate is Fate.INTENDED:
                unknown = Copy(fate=Fate.UNKNOWN, reason="cut off")
                with suppress(ResourceNotFound):
                    await self._ledger.write(delivery_id, addressed, unknown)
        return copies

    async def _send_all(
        self, delivery_id: str, copies: list[Addressed], letter: Letter, steering: Steering
    ) -> None:
        pending = [one for one in copies if one.copy.fate is Fate.PENDING]
        posts = iter(pending)

        async def carry() -> None:
            while True:
                if not await steering.may_send():
                    return
                addressed = next(posts, None)
                if addressed is None:
                    return
                with suppress(ResourceNotFound):  # forgotten meanwhile
                    await self._send(delivery_id, addressed, letter)

        await _side_by_side([carry() for _ in range(SIDE_BY_SIDE)])

    async def _send(self, delivery_id: str, addressed: Addressed, letter: Letter) -> None:
        """Send one copy and write down what has become of it. Its intent is written first."""
        async with self._turn:
            # Who waits with an intent written would be in doubt after a death, for nothing.
            await self._scheduler.until_free(Family.MESSAGES, Priority.COSMETIC)
            addressed = await self._ledger.write(delivery_id, addressed, Copy(fate=Fate.INTENDED))
        await self._failpoints.hit("broadcast.intended")
        copy = await self._attempts(addressed.chat_id, letter)
        await self._failpoints.hit("broadcast.accepted")
        await self._ledger.write(delivery_id, addressed, copy)
        await self._failpoints.hit("broadcast.recorded")
        if copy.fate is Fate.BLOCKED:
            await self._recipients.lost(addressed.chat_id)

    async def _attempts(self, chat_id: int, letter: Letter) -> Copy:
        """Send until Telegram has said yes or no; what may have arrived is not sent again."""
        backoff, reason = Backoff(0.5, longest_seconds=15.0), ""
        for _attempt in range(MAX_ATTEMPTS):
            try:
                method = letter.to(chat_id)
                sent = await self._scheduler.call(method, chat_id, Family.MESSAGES, Priority.COSMETIC)
            except TelegramMigrateToChat as error:
                chat_id = error.migrate_to_chat_id
            except TelegramForbiddenError as error:
                return Copy(fate=Fate.BLOCKED, reason=describe(error))
            except AiogramError as error:
                if (message_id := message_id_of(error)) is not None:
                    return Copy(fate=Fate.DELIVERED, message_id=message_id)
                outcome, reason = outcome_of(error), describe(error)
                if outcome is Outcome.UNKNOWN:
                    return Copy(fate=Fate.UNKNOWN, reason=reason)
                if outcome is not Outcome.NOT_SENT:
                    break
                await backoff.pause()
            else:
                letter.learn(sent)
                return Copy(fate=Fate.DELIVERED, message_id=sent.message_id)
        return Copy(fate=Fate.FAILED, reason=reason)

    async def _conclude(self, delivery_id: str) -> None:
        copies = await self._ledger.copies(delivery_id)
        outcomes = ((one.copy.fate, one.copy.reason) for one in copies)
        await self._ledger.conclude(delivery_id, tallied(outcomes))

    async def _retract(self, delivery_id: str) -> None:
        """Delete what was sent. Deleting twice does no harm."""
        steering = Steering(await self._ledger.order(delivery_id), self._closing)
        for addressed in await self._settled(delivery_id):
            if addressed.copy.fate is Fate.DELIVERED:
                await steering.pace()
                with suppress(ResourceNotFound):
                    await self._delete(delivery_id, addressed)
        log.info("delivery_retracted", delivery_id=delivery_id)

    async def _delete(self, delivery_id: str, addressed: Addressed) -> None:
        copy, chat_id = addressed.copy, addressed.chat_id
        method = DeleteMessage(chat_id=chat_id, message_id=copy.message_id)
        try:
            await self._scheduler.call(method, chat_id, Family.FREE, Priority.COSMETIC)
        except AiogramError as error:
            if outcome_of(error) in (Outcome.NOT_SENT, Outcome.UNKNOWN):
                raise ServiceUnavailable("Telegram does not answer") from error
            if "not found" not in describe(error):
                kept = copy.model_copy(update={"reason": describe(error)})
                await self._ledger.write(delivery_id, addressed, kept)
                return
        await self._ledger.write(delivery_id, addressed, copy.model_copy(update={"fate": Fate.DELETED}))


async def _side_by_side(carriers: list[Coroutine[Any, Any, None]]) -> None:
    """Raises what any of them does, after the others have finished."""
    results = await asyncio.gather(*carriers, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
