from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeVar
from uuid import uuid4

import nats.errors
import structlog
from nats.js.api import KeyValueConfig
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import Nats, ensure_bucket
from services.text.conversation import Conversation, Turn
from services.text.settings import TextSettings
from services.text.shelf import BUCKET, Shelf

log = structlog.get_logger()

# Short, because a request that the server never saw is waited for in full.
REQUEST_SECONDS: Final = 2.0
READ_SECONDS: Final = 5.0
SECONDS_PER_DAY: Final = 86_400
# A chat moves once; who moves in circles is not followed for ever.
MAX_MOVES: Final = 4

T = TypeVar("T")


class Home(NamedTuple):
    """Where a conversation stands after its moves."""

    conversation_id: str
    conversation: Conversation
    revision: int


class ConversationStore:
    """Conversations, compared and swapped. Methods raise ServiceUnavailable if the store stays silent.

    A write that came through although its answer was lost is simply made again: making any of them twice is
    making it once.
    """

    def __init__(self, shelf: Shelf, *, timeout_seconds: float) -> None:
        self._shelf = shelf
        self._timeout_seconds = timeout_seconds

    async def load(self, conversation_id: str) -> Conversation:
        """Return what is remembered: nothing, if the conversation is new, forgotten or cleared."""

        async def read() -> Conversation:
            return (await self._home(conversation_id)).conversation

        return await _persist(read, READ_SECONDS)

    async def place(self, conversation_id: str, turn: Turn, *, era: str) -> Conversation:
        """Put a turn where it belongs, unless the conversation it began in has been cleared since.

        Returns what is remembered then.
        """
        return await self._change(
            conversation_id, lambda found: found.place(turn) if found.has_era(era) else found
        )

    async def fold(self, conversation_id: str, told: Conversation, summary: str) -> Conversation:
        """Replace the summary and the turns in `told` by a new summary of both, unless that has changed."""

        def change(found: Conversation) -> Conversation:
            is_same = found.has_era(told.era) and found.summary == told.summary
            return found.folded(told.turns, summary) if is_same else found

        return await self._change(conversation_id, change)

    async def below(self, prefix: str) -> list[tuple[str, Conversation]]:
        """Return the conversations whose ids begin with these parts, and what is remembered of each."""

        async def read() -> list[tuple[str, Conversation]]:
            return [found async for found in self._shelf.below(prefix)]

        return await _persist(read, READ_SECONDS)

    async def clear(self, conversation_id: str) -> None:
        era = uuid4().hex
        await self._change(conversation_id, lambda found: found.cleared(era))

    async def move(self, from_id: str, to_id: str) -> None:
        """Give a conversation another id; what stands there comes after it.

        The first write sends everyone to the new id, so nothing comes in at the old one any more. Until the
        last one the old id still holds what is moved: whoever comes by after a kill carries it over.
        """

        async def write() -> None:
            moved, revision = await self._shelf.read(from_id)
            if moved.moved_to != to_id:
                await self._shelf.write(from_id, moved.leaving_for(to_id), revision)
            await self._carry_over(from_id, to_id)

        await _persist(write, self._timeout_seconds)

    async def _change(
        self, conversation_id: str, change: Callable[[Conversation], Conversation]
    ) -> Conversation:
        async def write() -> Conversation:
            home = await self._home(conversation_id)
            changed = change(home.conversation)
            if changed == home.conversation:
                return changed
            return await self._shelf.write(home.conversation_id, changed, home.revision)

        return await _persist(write, self._timeout_seconds)

    async def _home(self, conversation_id: str) -> Home:
        for _ in range(MAX_MOVES):
            conversation, revision = await self._shelf.read(conversation_id)
            if not conversation.moved_to:
                return Home(conversation_id, conversation, revision)
            if not conversation.is_empty:
                await self._carry_over(conversation_id, conversation.moved_to)
            conversation_id = conversation.moved_to
        return Home(conversation_id, *await self._shelf.read(conversation_id))

    async def _carry_over(self, from_id: str, to_id: str) -> None:
        moved, moved_revision = await self._shelf.read(from_id)
        found, revision = await self._shelf.read(to_id)
        whole = found.absorb(from_id, moved)
        if whole != found:
            await self._shelf.write(to_id, whole, revision)
        if not moved.is_empty:
            await self._shelf.write(from_id, moved.left(), moved_revision)


async def open_store(connection: Nats, settings: TextSettings) -> ConversationStore:
    """Create or update the bucket that this service owns."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="What language models remember of conversations; owned by the text service.",
        history=1,
        ttl=settings.text_conversation_days * SECONDS_PER_DAY,
        replicas=settings.stream_replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    bucket = await ensure_bucket(js, config)
    return ConversationStore(
        Shelf(js, bucket, max_bytes=settings.text_history_bytes),
        timeout_seconds=settings.text_store_timeout_seconds,
    )


async def _persist(action: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Repeat an action, with jitter, through conflicts and restarts of the server."""
    attempts = AsyncRetrying(
        retry=retry_if_exception_type(nats.errors.Error),
        wait=wait_random_exponential(multiplier=0.05, max=1.0),
        stop=stop_after_delay(seconds),
        reraise=True,
    )
    try:
        return await attempts(action)
    except nats.errors.Error as error:
        raise ServiceUnavailable("the store of conversations does not answer") from error
