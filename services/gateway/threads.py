from typing import Final

import structlog
from aiogram.exceptions import AiogramError
from aiogram.methods import EditForumTopic

from services.chassis.errors import QuartetError
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.outcomes import describe
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.lanes import Lanes
from services.gateway.lease import NATS_ERRORS, LeaseLost
from services.gateway.people import People
from services.gateway.questions import conversation_of, speaker_of
from services.gateway.text_client import TextClient

log = structlog.get_logger()

MAX_NAME_CHARACTERS: Final = 128
"""https://core.telegram.org/bots/api#editforumtopic"""


class Threads:
    """Names the threads of private chats after what is spoken of in them.

    Telegram names a new thread after its first words. Such a one gets a better name once there is an answer;
    where that fails, after the next one.
    """

    def __init__(
        self, text: TextClient, people: People, scheduler: Scheduler, lanes: Lanes, *, bot_id: int
    ) -> None:
        self._text = text
        self._people = people
        self._scheduler = scheduler
        self._lanes = lanes
        self._bot_id = bot_id

    async def opened(self, turn: Turn) -> None:
        """Remembers a thread that nobody has named yet."""
        await self._people.change(turn.chat_id, lambda own: own.with_unnamed_thread(turn.thread_id))

    async def named(self, turn: Turn) -> None:
        """Leaves a thread alone that somebody has named."""
        await self._people.change(turn.chat_id, lambda own: own.without_unnamed_thread(turn.thread_id))

    def answered(self, turn: Turn) -> None:
        """Names the turn's thread if it needs a name; the next question does not wait for it."""
        if turn.thread_id in turn.preferences.unnamed_threads:
            self._lanes.submit(f"name {turn.chat_id}.{turn.thread_id}", lambda _leave: self._name(turn))

    async def _name(self, turn: Turn) -> None:
        try:
            title = await self._text.name(conversation_of(turn, self._bot_id), speaker_of(turn))
            is_unnamed = turn.thread_id in (await self._people.of(turn.chat_id)).unnamed_threads
            if not title or not is_unnamed:
                return
            method = EditForumTopic(
                chat_id=turn.chat_id, message_thread_id=turn.thread_id, name=title[:MAX_NAME_CHARACTERS]
            )
            await self._scheduler.call(method, turn.chat_id, Family.FREE, Priority.COSMETIC)
            await self.named(turn)
        except (QuartetError, AiogramError, LeaseLost, *NATS_ERRORS) as error:
            log.info("thread_not_named", turn_id=turn.turn_id, detail=describe(error))
