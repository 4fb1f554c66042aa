from typing import Final

import structlog
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import TypeAdapter

from services.chassis.jetstream import Nats, ensure_bucket
from services.docs.persistence import REQUEST_SECONDS, persist
from services.docs.settings import DocsSettings

log = structlog.get_logger()

BUCKET: Final = "document_questions"
KEPT_SECONDS: Final = 7 * 86_400.0
KEPT_QUESTIONS: Final = 4
MAX_QUESTION_CHARACTERS: Final = 2000

Asked = tuple[tuple[str, str], ...]
"""Turns and their questions, the oldest first."""

CODEC: Final = TypeAdapter(Asked)


class Recollection:
    """The last questions of conversations: what follows up on them often has no words of its own."""

    def __init__(self, bucket: KeyValue, *, timeout_seconds: float) -> None:
        self._bucket = bucket
        self._timeout_seconds = timeout_seconds

    async def before(self, conversation_id: str, turn_id: str, question: str) -> str:
        """Return the question before this one, empty for the first, and remember this one.

        Asked again, a turn is the same turn. Raises ServiceUnavailable if the store stays silent.
        """

        async def swap() -> str:
            asked, revision = await self._read(conversation_id)
            earlier = _earlier(asked, turn_id)
            now = (*earlier, (turn_id, question[:MAX_QUESTION_CHARACTERS]))[-KEPT_QUESTIONS:]
            if now != asked:
                await self._bucket.update(conversation_id, CODEC.dump_json(now), last=revision)
            return earlier[-1][1] if earlier else ""

        return await persist(swap, self._timeout_seconds)

    async def _read(self, conversation_id: str) -> tuple[Asked, int]:
        try:
            entry = await self._bucket.get(conversation_id)
        except KeyNotFoundError as error:
            return (), error.entry.revision or 0 if error.entry else 0
        return CODEC.validate_json(entry.value or b"[]"), entry.revision or 0


def _earlier(asked: Asked, turn_id: str) -> Asked:
    turns = [turn for turn, _question in asked]
    return asked[: turns.index(turn_id)] if turn_id in turns else asked


async def open_recollection(connection: Nats, settings: DocsSettings) -> Recollection:
    """Create or update the bucket that this service owns. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="The last questions about documents; owned by the docs service.",
        history=1,
        ttl=KEPT_SECONDS,
        replicas=settings.stream_replicas,
    )
    bucket = await ensure_bucket(connection.client.jetstream(timeout=REQUEST_SECONDS), config)
    return Recollection(bucket, timeout_seconds=settings.docs_store_timeout_seconds)
