import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import Final

import nats.errors
import structlog
from nats.js.api import ObjectStoreConfig
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore

from services.chassis.jetstream import Nats, ensure_object_store
from services.text.attempt import Attempt
from services.text.conversation import Picture, Turn
from services.text.framing import NO_PICTURES, Recalled
from services.text.metrics import TextMetrics
from services.text.providers.base import Image
from services.text.settings import TextSettings

log = structlog.get_logger()

STORE: Final = "pictures"
SECONDS_PER_DAY: Final = 86_400
REQUEST_SECONDS: Final = 2.0
# An answer that waits for old pictures longer than this goes without them.
RECALL_SECONDS: Final = 2.0
KEEP_SECONDS: Final = 5.0
MAX_WRITES: Final = 4
FAILURES: Final = (nats.errors.Error, TimeoutError)


@dataclass(frozen=True, slots=True)
class Sight:
    """How many pictures of earlier turns go along with a question, and which all vendors can look at."""

    max_pictures: int
    max_bytes: int
    mime_types: frozenset[str]

    def chosen(self, turns: Sequence[Turn], *, taken_bytes: int) -> Iterator[tuple[str, Picture]]:
        """Yield turns' ids and pictures: the newest that have room beside what the question brings along."""
        left_bytes, left = self.max_bytes - taken_bytes, self.max_pictures
        for turn in reversed(turns):
            for picture in turn.pictures:
                if picture.mime_type in self.mime_types and left and picture.size_bytes <= left_bytes:
                    left_bytes, left = left_bytes - picture.size_bytes, left - 1
                    yield turn.turn_id, picture


class Pictures:
    """The pictures that conversations speak about, so that one can go on asking about them.

    Nothing here raises, and nothing keeps an answer from being given: a picture that is not kept, or not
    found again, is only missed by later questions.
    """

    def __init__(self, store: ObjectStore, sight: Sight, metrics: TextMetrics) -> None:
        self._store = store
        self._sight = sight
        self._metrics = metrics
        self._turnstile = asyncio.Semaphore(MAX_WRITES)
        self._tasks: set[asyncio.Task[tuple[Picture, ...]]] = set()

    def keep(self, conversation_key: str, images: Sequence[Image]) -> asyncio.Task[tuple[Picture, ...]]:
        """Begin to store the pictures of a question. The task returns those that are kept."""
        task = asyncio.create_task(self._keep_all(conversation_key, images))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def recall(self, attempt: Attempt, earlier: Sequence[Turn]) -> Recalled:
        """Return pictures by turn: those that the turn's former run saw, and the newest of earlier turns."""
        own = [(attempt.question.turn_id, picture) for picture in attempt.pictures]
        taken_bytes = sum(picture.size_bytes for picture in attempt.pictures)
        taken_bytes += sum(len(image.content) for image in attempt.question.images)
        wanted = [*own, *self._sight.chosen(earlier, taken_bytes=taken_bytes)]
        if not wanted:
            return NO_PICTURES
        found = await asyncio.gather(*(self._read(picture) for _turn_id, picture in wanted))
        recalled: dict[str, tuple[Image, ...]] = {}
        for (turn_id, _picture), image in zip(wanted, found, strict=True):
            if image is not None:
                recalled[turn_id] = (*recalled.get(turn_id, ()), image)
        return recalled

    async def forget(self, pictures: Iterable[Picture]) -> None:
        """Delete pictures. What cannot be deleted now goes when its time is over."""
        for picture in pictures:
            try:
                async with asyncio.timeout(KEEP_SECONDS):
                    await self._store.delete(picture.name)
            except NotFoundError:
                continue
            except FAILURES as error:
                log.warning("picture_not_forgotten", error=type(error).__name__)
                return

    async def aclose(self) -> None:
        """Wait for what is being stored."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep_all(self, conversation_key: str, images: Sequence[Image]) -> tuple[Picture, ...]:
        kept: list[Picture] = []
        try:
            async with asyncio.timeout(KEEP_SECONDS), self._turnstile:
                for image in images:
                    name = f"{conversation_key}/{await asyncio.to_thread(_digest, image.content)}"
                    await self._put(name, image.content)
                    kept.append(Picture(name, image.mime_type, len(image.content)))
                    self._metrics.pictured("kept")
        except FAILURES as error:
            self._metrics.pictured("not_kept")
            log.warning("pictures_not_kept", error=type(error).__name__, kept=len(kept), asked=len(images))
        return tuple(kept)

    async def _put(self, name: str, content: bytes) -> None:
        try:
            await self._store.get_info(name)
        except NotFoundError:
            await self._store.put(name, content)

    async def _read(self, picture: Picture) -> Image | None:
        content = BytesIO()
        try:
            async with asyncio.timeout(RECALL_SECONDS):
                # Into a buffer: the library itself would copy all that came so far with each piece.
                await self._store.get(picture.name, writeinto=content)
        except FAILURES as error:
            self._metrics.pictured("missed")
            log.warning("picture_not_recalled", error=type(error).__name__)
            return None
        self._metrics.pictured("recalled")
        return Image(picture.mime_type, content.getvalue())


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=20).hexdigest()


async def open_pictures(
    connection: Nats, settings: TextSettings, mime_types: frozenset[str], metrics: TextMetrics
) -> Pictures:
    """Create or update the store of objects that this service owns. Raises ConfigurationConflict."""
    config = ObjectStoreConfig(
        bucket=STORE,
        description="Pictures that conversations speak about; owned by the text service.",
        ttl=settings.text_picture_days * SECONDS_PER_DAY,
        max_bytes=settings.text_pictures_bytes,
        replicas=settings.stream_replicas,
    )
    store = await ensure_object_store(connection.client.jetstream(timeout=REQUEST_SECONDS), config)
    sight = Sight(settings.text_history_pictures, settings.text_max_image_bytes, mime_types)
    return Pictures(store, sight, metrics)
