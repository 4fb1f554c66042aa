from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import nats.errors
import structlog
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import TypeAdapter, ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import Nats, ensure_bucket
from services.text.conversation import Conversation, Turn
from services.text.settings import TextSettings

log = structlog.get_logger()

BUCKET: Final = "conversations"
MAX_VALUE_BYTES: Final = 512 * 1024
# Short, because a request that the server never saw is waited for in full.
REQUEST_SECONDS: Final = 2.0
READ_SECONDS: Final = 5.0
CODEC: Final = TypeAdapter(Conversation)
SECONDS_PER_DAY: Final = 86_400

T = TypeVar("T")


class ConversationStore:
    """Conversations in a KV bucket, one key each. Methods raise ServiceUnavailable if it stays silent."""

    def __init__(self, bucket: KeyValue, *, max_tokens: int, max_bytes: int, timeout_seconds: float) -> None:
        self._bucket = bucket
        self._max_tokens = max_tokens
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds

    async def load(self, conversation_id: str) -> Conversation:
        """Return what is remembered: nothing, if the conversation is new, forgotten or cleared."""

        async def read() -> Conversation:
            conversation, _revision = await self._read(conversation_id)
            return conversation

        return await _persist(read, READ_SECONDS)

    async def place(self, conversation_id: str, turn: Turn) -> None:
        """Put a turn where it belongs and forget what is too much.

        A write that came through although its answer was lost is simply written again: placing a turn
        twice is placing it once.
        """

        async def write() -> None:
            conversation, revision = await self._read(conversation_id)
            value = self._encode(conversation.place(turn))
            await self._bucket.update(conversation_id, value, last=revision)

        await _persist(write, self._timeout_seconds)

    async def clear(self, conversation_id: str) -> None:
        async def delete() -> None:
            await self._bucket.delete(conversation_id)

        await _persist(delete, self._timeout_seconds)

    async def _read(self, conversation_id: str) -> tuple[Conversation, int]:
        try:
            entry = await self._bucket.get(conversation_id)
        except KeyNotFoundError as error:
            # A cleared conversation leaves a marker, and the next write must name it.
            return Conversation(), error.entry.revision if error.entry else 0
        revision = entry.revision or 0
        if entry.value is None:
            return Conversation(), revision
        try:
            return CODEC.validate_json(entry.value), revision
        except ValidationError as error:
            # Refusing it would shut the user out for good; a conversation that begins anew does not.
            log.error(
                "conversation_unreadable", conversation_id=conversation_id, problems=error.error_count()
            )
            return Conversation(), revision

    def _encode(self, conversation: Conversation) -> bytes:
        """Write JSON that fits: escapes may make it longer than its texts are."""
        max_bytes = self._max_bytes
        while True:
            conversation = conversation.trimmed(max_tokens=self._max_tokens, max_bytes=max_bytes)
            value = CODEC.dump_json(conversation, exclude_defaults=True)
            if len(value) <= MAX_VALUE_BYTES or not max_bytes:
                return value
            max_bytes //= 2


async def open_store(connection: Nats, settings: TextSettings) -> ConversationStore:
    """Create or update the bucket that this service owns."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="What language models remember of conversations; owned by the text service.",
        history=1,
        ttl=settings.text_conversation_days * SECONDS_PER_DAY,
        replicas=settings.stream_replicas,
    )
    bucket = await ensure_bucket(connection.client.jetstream(timeout=REQUEST_SECONDS), config)
    return ConversationStore(
        bucket,
        max_tokens=settings.text_history_tokens,
        max_bytes=settings.text_history_bytes,
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
