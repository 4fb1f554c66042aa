from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import structlog
from nats.js import JetStreamContext
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import TypeAdapter, ValidationError

from services.chassis.jetstream import entries
from services.text.conversation import Conversation
from services.text.room import fitted

log = structlog.get_logger()

BUCKET: Final = "conversations"
MAX_VALUE_BYTES: Final = 512 * 1024
CODEC: Final = TypeAdapter(Conversation)


class Shelf:
    """Conversations as JSON in a KV bucket, one key each. Methods raise what NATS raises."""

    def __init__(self, js: JetStreamContext, bucket: KeyValue, *, max_bytes: int) -> None:
        self._js = js
        self._bucket = bucket
        self._max_bytes = max_bytes

    async def read(self, conversation_id: str) -> tuple[Conversation, int]:
        """Return what stands there, and the revision that the next write must name."""
        try:
            entry = await self._bucket.get(conversation_id)
        except KeyNotFoundError as error:
            # A deleted key leaves a marker, and the next write must name it.
            return Conversation(), error.entry.revision if error.entry else 0
        revision = entry.revision or 0
        if entry.value is None:
            return Conversation(), revision
        return _decoded(conversation_id, entry.value), revision

    async def below(self, prefix: str) -> AsyncGenerator[tuple[str, Conversation]]:
        """Yield the conversations whose ids begin with these parts."""
        async with aclosing(entries(self._js, BUCKET, f"{prefix}.>")) as listed:
            async for entry in listed:
                yield entry.key, _decoded(entry.key, entry.value)

    async def write(self, conversation_id: str, conversation: Conversation, revision: int) -> Conversation:
        """Put down what fits, unless another write came first, and return it."""
        conversation, value = self._encode(conversation)
        await self._bucket.update(conversation_id, value, last=revision)
        return conversation

    def _encode(self, conversation: Conversation) -> tuple[Conversation, bytes]:
        """Write JSON that fits: escapes may make it longer than its texts are."""
        max_bytes = self._max_bytes
        while True:
            conversation = fitted(conversation, max_bytes)
            value = CODEC.dump_json(conversation, exclude_defaults=True)
            if len(value) <= MAX_VALUE_BYTES or not max_bytes:
                return conversation, value
            max_bytes //= 2


def _decoded(conversation_id: str, value: bytes) -> Conversation:
    try:
        return CODEC.validate_json(value)
    except ValidationError as error:
        # Refusing it would shut the user out for good; a conversation that begins anew does not.
        log.error("conversation_unreadable", conversation_id=conversation_id, problems=error.error_count())
        return Conversation()
