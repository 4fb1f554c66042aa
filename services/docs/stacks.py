from collections.abc import Sequence
from typing import Final

from services.docs.document import Document, Transcript, Volume
from services.docs.finding import Found, Index
from services.docs.fusion import fused
from services.docs.indexing import Indexer
from services.docs.meaning import Meaning
from services.docs.memory import Memory
from services.docs.vault import Vault

LEAST_WORDS: Final = 3


class Stacks:
    """Documents as they are worked with: their pages, and the indexes of those that are searched."""

    def __init__(
        self, vault: Vault, indexer: Indexer, meaning: Meaning | None, *, max_characters: int
    ) -> None:
        """`meaning`: what finds passages by more than their words, if anything does."""
        self._vault = vault
        self._indexer = indexer
        self._meaning = meaning
        self._transcripts: Memory[str, Transcript] = Memory(max_characters, lambda each: each.character_count)
        self._indexes: Memory[str, Index] = Memory(max_characters, lambda each: each.character_count)

    async def open(self, documents: Sequence[Document]) -> list[Volume]:
        """Return the documents with their pages. Raises ResourceNotFound, ServiceUnavailable."""
        return [
            Volume(number, document, await self.transcript(document.content.transcript))
            for number, document in enumerate(documents, start=1)
        ]

    async def transcript(self, name: str) -> Transcript:
        """Raises ResourceNotFound, ServiceUnavailable."""
        return await self._transcripts.get(name, lambda: self._vault.get_transcript(name))

    async def find(self, volume: Volume, question: str, question_before: str) -> list[Found]:
        """Find the passages that have to do with a question. Raises ServiceUnavailable.

        A question with few words of its own, such as "and why?", is about what was asked before.
        """
        name = volume.document.content.transcript
        index = await self._indexes.get(name, lambda: self._indexer.index(volume.pages))
        if index.count_known(question) < LEAST_WORDS:
            question = f"{question} {question_before}"
        found = index.find(question)
        if self._meaning is None:
            return found
        alike = await self._meaning.ranked(name, index.passages, question)
        if not alike:
            return found
        ranked = fused([each.number for each in found], alike)
        return [Found(number, index.passages[number], score) for number, score in ranked]
