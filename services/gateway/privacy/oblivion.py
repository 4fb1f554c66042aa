from typing import Final, Protocol

import structlog

from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.failpoints import Failpoints
from services.gateway.delivery.turn import Turn
from services.gateway.dialogue import Speaker
from services.gateway.documents import Document
from services.gateway.people import People, Preferences
from services.gateway.privacy.dossier import chat_prefix
from services.gateway.questions import speaker_of
from services.gateway.turns import TurnLog
from services.gateway.videos import Job

log = structlog.get_logger()

MAX_ROUNDS: Final = 100


class Texts(Protocol):
    async def forget_all(self, chat: str, speaker: Speaker) -> int: ...


class Pictures(Protocol):
    async def forget_all(self, speaker: Speaker) -> int: ...


class Documents(Protocol):
    async def list(self, speaker: Speaker) -> list[Document]: ...

    async def delete(self, document_id: str, speaker: Speaker) -> None: ...


class Videos(Protocol):
    async def all(self, speaker: Speaker) -> list[Job]: ...

    async def cancel(self, job_id: str, speaker: Speaker) -> Job: ...

    async def delete(self, job_id: str, speaker: Speaker) -> None: ...


class Broadcasts(Protocol):
    async def forget(self, chat_id: int) -> None: ...


class Letters(Protocol):
    async def forget(self, user_id: int) -> None: ...


class Keys(Protocol):
    async def forget(self, turn: Turn) -> None:
        """Has what analysts know of a turn's user become nobody's. Raises ServiceUnavailable."""
        ...


class Oblivion:
    """Forgets a person everywhere. Each step may be done again, so a death in between loses none.

    Raises QuartetError, ServiceUnavailable where it is worth to be tried again.
    """

    def __init__(
        self,
        texts: Texts,
        pictures: Pictures,
        documents: Documents,
        videos: Videos,
        letters: Letters,
        broadcasts: Broadcasts,
        keys: Keys,
        people: People,
        turns: TurnLog,
        failpoints: Failpoints,
        *,
        bot_id: int,
    ) -> None:
        self._texts = texts
        self._pictures = pictures
        self._documents = documents
        self._videos = videos
        self._letters = letters
        self._broadcasts = broadcasts
        self._keys = keys
        self._people = people
        self._turns = turns
        self._failpoints = failpoints
        self._bot_id = bot_id

    async def forget(self, turn: Turn) -> None:
        """Erase what is kept of who asks, and of their private chat."""
        speaker = speaker_of(turn)
        await self._texts.forget_all(chat_prefix(self._bot_id, turn.chat_id), speaker)
        await self._pictures.forget_all(speaker)
        await self._failpoints.hit("privacy.half")
        await self._forget_documents(speaker)
        await self._forget_videos(speaker)
        await self._letters.forget(turn.user_id)
        await self._people.change(turn.chat_id, lambda own: Preferences(language=own.language))
        await self._broadcasts.forget(turn.chat_id)
        await self._turns.strip(turn.chat_id, keep=turn.turn_id, tenure=turn.tenure)
        # Last: until here, whoever repeats this after a death is still known.
        await self._keys.forget(turn)
        log.info("person_forgotten", turn_id=turn.turn_id)

    async def _forget_documents(self, speaker: Speaker) -> None:
        for _ in range(MAX_ROUNDS):
            found = await self._documents.list(speaker)
            if not found:
                return
            for document in found:
                await self._documents.delete(document.document_id, speaker)

    async def _forget_videos(self, speaker: Speaker) -> None:
        """One that is being made is cancelled first; until the vendor has let go of it, this is not done."""
        left = 0
        for job in await self._videos.all(speaker):
            try:
                ended = job if job.state.is_final else await self._videos.cancel(job.job_id, speaker)
                if ended.state.is_final:
                    await self._videos.delete(job.job_id, speaker)
                else:
                    left += 1
            except ResourceNotFound:
                continue
        if left:
            raise ServiceUnavailable("videos are still being cancelled")
