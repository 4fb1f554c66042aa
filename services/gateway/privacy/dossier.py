import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol

from services.gateway.delivery.turn import Turn
from services.gateway.dialogue import Remembered, Speaker
from services.gateway.documents import Document
from services.gateway.feedback.letter import Letter
from services.gateway.people import People
from services.gateway.pictures import Picture
from services.gateway.questions import speaker_of
from services.gateway.videos import Job


class Texts(Protocol):
    def remembered(self, chat: str, speaker: Speaker) -> AsyncIterator[Remembered]: ...


class Pictures(Protocol):
    def all(self, speaker: Speaker) -> AsyncIterator[Picture]: ...


class Documents(Protocol):
    async def list(self, speaker: Speaker) -> list[Document]: ...


class Videos(Protocol):
    async def all(self, speaker: Speaker) -> list[Job]: ...


class Broadcasts(Protocol):
    async def kept(self, chat_id: int) -> dict[str, Any]: ...


class Letters(Protocol):
    async def all(self, *, user_id: int | None = None) -> dict[str, Letter]: ...


class Dossier:
    """All that is kept of a person, as JSON. Files are named, not contained. Raises QuartetError."""

    def __init__(
        self,
        texts: Texts,
        pictures: Pictures,
        documents: Documents,
        videos: Videos,
        letters: Letters,
        broadcasts: Broadcasts,
        people: People,
        *,
        bot_id: int,
    ) -> None:
        self._texts = texts
        self._pictures = pictures
        self._documents = documents
        self._videos = videos
        self._letters = letters
        self._broadcasts = broadcasts
        self._people = people
        self._bot_id = bot_id

    async def of(self, turn: Turn) -> bytes:
        """Write down what is kept of who asks, and of their private chat."""
        speaker = speaker_of(turn)
        preferences = await self._people.of(turn.chat_id)
        conversations = self._texts.remembered(chat_prefix(self._bot_id, turn.chat_id), speaker)
        whole = {
            "user_id": turn.user_id,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "settings": preferences.model_dump(mode="json", exclude_defaults=True),
            "conversations": [asdict(each) async for each in conversations],
            "documents": _rows(await self._documents.list(speaker), "content", "outline"),
            "pictures": [_row(each, "content") async for each in self._pictures.all(speaker)],
            "videos": [_video(each) for each in await self._videos.all(speaker)],
            "broadcasts": await self._broadcasts.kept(turn.chat_id),
            "feedback": [_letter(each) for each in (await self._letters.all(user_id=turn.user_id)).values()],
            "statistics": {"user_key": f"{turn.user_key:016x}", "chat_key": f"{turn.chat_key:016x}"},
        }
        return json.dumps(whole, ensure_ascii=False, indent=1, default=str).encode()


def chat_prefix(bot_id: int, chat_id: int) -> str:
    """What the ids of all conversations of a chat begin with."""
    return f"tg.{bot_id}.{chat_id}"


def _rows(found: Iterable[Document], *without: str) -> list[dict[str, Any]]:
    return [_row(each, *without) for each in found]


def _row(kept: Any, *without: str) -> dict[str, Any]:
    return {name: value for name, value in asdict(kept).items() if name not in without}


def _letter(letter: Letter) -> dict[str, Any]:
    """As it stands; who of the team has answered is theirs."""
    written = letter.model_dump(mode="json", exclude={"asked_by", "replies"})
    return written | {"replies": [reply.text for reply in letter.replies]}


def _video(job: Job) -> dict[str, Any]:
    row = _row(job, "speaker", "failure")
    return row | {"state": job.state.name.lower()}
