import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.chaos.plan import Fate, Order
from tests.support.telegram import Json, SandboxTelegram

CANCELLING: Final = "vid:cancel"
LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody with one order, in a private chat with the bot."""

    user_id: int
    order: Order


class Crowd:
    """All who order, each at the planned time, and look at what they get."""

    def __init__(self, telegram: SandboxTelegram, customers: Sequence[Customer], began_at: float) -> None:
        self._telegram = telegram
        self._began_at = began_at
        self.customers = customers

    async def order(self) -> None:
        """Everybody orders; who is to change their mind cancels as soon as there is a button for it."""
        async with asyncio.TaskGroup() as group:
            for customer in self.customers:
                group.create_task(self._order(customer))

    async def results(self) -> dict[int, list[Json]]:
        """The messages of the bot in each chat that wait for nothing more, by user."""
        views = await asyncio.gather(*(self._telegram.view(one.user_id) for one in self.customers))
        return {
            one.user_id: [message for message in view["messages"] if is_result(message)]
            for one, view in zip(self.customers, views, strict=True)
        }

    async def until_served(self, timeout_seconds: float) -> None:
        """Waits until everybody has a result, or the time is over: the verdict tells."""
        ends_at = time.monotonic() + timeout_seconds
        # The views are asked for, not the events: what counts is what stands there in the end.
        while time.monotonic() < ends_at:
            if all((await self.results()).values()):
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _order(self, customer: Customer) -> None:
        await asyncio.sleep(max(0.0, self._began_at + customer.order.at_seconds - time.monotonic()))
        mark = self._telegram.mark()
        await self._telegram.send(customer.user_id, f"/video {customer.order.prompt}")
        if customer.order.fate is Fate.CANCELLED:
            await self._cancel(customer, mark)

    async def _cancel(self, customer: Customer, mark: int) -> None:
        event = await self._telegram.wait_for(
            chat_id=customer.user_id,
            where=lambda event: CANCELLING in str((event.get("message") or {}).get("reply_markup")),
            after=mark,
            timeout_seconds=120,
        )
        message = event["message"]
        data = next(data for data in _buttons(message) if data.startswith(CANCELLING))
        await self._telegram.press(customer.user_id, message["message_id"], data)


def is_result(message: Json) -> bool:
    """Whether a message of the bot is an end: a video, or words without a button to cancel."""
    return message["from"]["is_bot"] and not any(data.startswith(CANCELLING) for data in _buttons(message))


def _buttons(message: Json) -> list[str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button.get("callback_data", "") for row in rows for button in row]
