import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from services.chassis.errors import QuartetError, QuotaExceeded, ResourceNotFound, UnsupportedDocument
from services.gateway.answers import Answers
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import NothingAsked
from services.gateway.documents import Document, Inquiry, PagesRead, Sources
from services.gateway.documents.card import Unread, card_of
from services.gateway.documents.files import DocumentFile
from services.gateway.documents.library import Library
from services.gateway.documents.opening import Opening
from services.gateway.documents.sources import NO_CARD, sources_of
from services.gateway.people import Awaited, Awaiting, People
from services.gateway.questions import conversation_of, speaker_of
from services.gateway.quotas.measures import Measure
from services.gateway.wording import Wording

log = structlog.get_logger()

LOCKED: Final = frozenset({"password_needed", "password_wrong"})
UNREAD: Final = (UnsupportedDocument, QuotaExceeded, ResourceNotFound)
"""What is wrong with one document does not keep the others from being read."""
FRESH_SECONDS: Final = 24 * 3600

AskIn = Callable[[], Awaitable[str]]
"""Finds out what is asked, which may have been spoken; empty: nothing."""


class Inquiries:
    """Reads what people bring, and answers what they ask about it."""

    def __init__(
        self, library: Library, answers: Answers, people: People, wording: Wording, *, bot_id: int
    ) -> None:
        self._library = library
        self._answers = answers
        self._people = people
        self._wording = wording
        self._bot_id = bot_id

    async def read(
        self, turn: Turn, files: Sequence[DocumentFile], ask: AskIn, *, speaker_name: str = ""
    ) -> None:
        """Brings `turn` to its end: what the documents are, and the answer to what is asked, or a summary.

        The chat goes on meanwhile; what is said in it waits for them where it is about them.
        Raises LeaseLost or Outgrown.
        """
        if turn.purpose is Purpose.EDIT:
            # Should nothing come of it, what stands is to stay as it is.
            turn.replaces, turn.removes = (), (*turn.replaces, *turn.removes)
        document_ids = [file.document_id for file in files]
        opening = Opening(tuple(file.filename for file in files))
        former = turn.preferences.documents_in(turn.thread_id, turn.received_at)
        with self._library.expecting(document_ids) as arrival:
            if turn.is_private:
                await self.open(turn, document_ids)
            turn.leave_lane()

            async def inquiry() -> Inquiry:
                for other in arrival.before:
                    await other.wait()
                documents: list[Document] = []
                try:
                    documents, unread = await self._read_all(turn, files, opening)
                finally:
                    if not documents and turn.is_private:
                        # Nothing came of it: what is said next is about what it was about before.
                        await self.open(turn, [known for known in former if known not in document_ids])
                arrival.happened.set()
                opening.card = card_of(
                    documents, unread, turn.language, self._wording, is_private=turn.is_private
                )
                sources = Sources(sources_of(documents), await ask(), opening.card)
                return self._inquiry(turn, sources, speaker_name)

            await self._answers.answer(turn, inquiry, opening=opening)

    async def ask_in_reply(
        self, turn: Turn, files: Sequence[DocumentFile], ask: AskIn, *, speaker_name: str = ""
    ) -> None:
        """Answers what is asked in reply to documents; those that nobody has read yet are read first.

        Raises LeaseLost or Outgrown.
        """
        document_ids = [file.document_id for file in files]
        if not await self._library.has(document_ids, speaker_of(turn)):
            await self.read(turn, files, ask, speaker_name=speaker_name)
            return
        if turn.is_private:
            await self.open(turn, document_ids)
        await self.ask(turn, document_ids, ask, summarises=True, speaker_name=speaker_name)

    async def ask(
        self,
        turn: Turn,
        document_ids: Sequence[str],
        ask: AskIn,
        *,
        summarises: bool = False,
        speaker_name: str = "",
    ) -> None:
        """Answers a question about documents that have been brought; `summarises` where nothing is asked.

        Raises LeaseLost or Outgrown.
        """

        async def inquiry() -> Inquiry:
            documents = await self._find(turn, document_ids)
            question = await ask()
            if not question.strip() and not summarises:
                raise NothingAsked
            return self._inquiry(turn, Sources(sources_of(documents), question), speaker_name)

        await self._answers.answer(turn, inquiry)

    async def ask_again(self, turn: Turn, sources: Sources) -> None:
        """Gives another answer from the same documents, or the rest of one. Raises LeaseLost or Outgrown."""
        goes_on = turn.purpose is Purpose.CONTINUE
        card = NO_CARD if goes_on else sources.card

        async def inquiry() -> Inquiry:
            asked = replace(sources, citations=(), suggested_questions=(), card=card)
            return replace(self._inquiry(turn, asked), goes_on=goes_on)

        await self._answers.answer(turn, inquiry, card=card)

    async def open(self, turn: Turn, document_ids: Sequence[str]) -> None:
        """What is said next in the turn's conversation is about these documents; none: about anything."""
        turn.preferences = await self._people.change(
            turn.chat_id, lambda own: own.with_documents(turn.thread_id, document_ids, time.time())
        )

    async def forget(self, turn: Turn, document_id: str) -> None:
        """Nothing is about this document any more."""
        turn.preferences = await self._people.change(
            turn.chat_id, lambda own: own.without_document(document_id)
        )

    async def _read_all(
        self, turn: Turn, files: Sequence[DocumentFile], opening: Opening
    ) -> tuple[list[Document], list[Unread]]:
        documents: list[Document] = []
        unread: list[Unread] = []

        def progress(read: PagesRead) -> None:
            _take_pages(turn, documents, read.page_count)
            opening.pages_read = read

        for number, file in enumerate(files):
            opening.begin(number)
            try:
                found = await self._library.read(file, speaker_of(turn), progress, password=turn.password)
                _take_pages(turn, documents, found.page_count)
                documents.append(found)
            except UNREAD as error:
                log.info("document_not_read", turn_id=turn.turn_id, reason=error.reason)
                await self.forget(turn, file.document_id)
                if len(files) == 1:
                    await self._ask_for_password(turn, file, error, opening)
                    raise
                unread.append((file.filename, self._why(error, turn)))
        if not documents:
            raise NothingAsked("\n".join(f"⚠️ {name}: {why}" for name, why in unread))
        return documents, unread

    async def _ask_for_password(
        self, turn: Turn, file: DocumentFile, error: QuartetError, opening: Opening
    ) -> None:
        if error.metadata.get("problem") not in LOCKED:
            return
        opening.locked_id = file.document_id
        if turn.is_private:
            awaiting = Awaiting(
                what=Awaited.DOCUMENT_KEY,
                user_id=turn.user_id,
                thread_id=turn.thread_id,
                since=turn.received_at,
                subject=turn.question_id,
            )
            await self._people.change(turn.chat_id, lambda own: own.model_copy(update={"awaiting": awaiting}))

    def _why(self, error: QuartetError, turn: Turn) -> str:
        if error.metadata.get("problem") in LOCKED:
            return self._wording.say("document-locked", turn.language)
        return self._wording.error(error, turn.language)

    async def _find(self, turn: Turn, document_ids: Sequence[str]) -> list[Document]:
        """Those that are kept still. Raises ResourceNotFound where none is."""
        found = await self._library.find(document_ids, speaker_of(turn))
        kept = {document.document_id for document in found}
        for gone in set(document_ids) - kept:
            await self.forget(turn, gone)
        if not found:
            raise ResourceNotFound("no document is kept", metadata={"resource": "document"})
        opened = turn.preferences.open_documents.get(turn.thread_id)
        if opened is not None and kept.issubset(opened.document_ids):
            await self._keep_open(turn, opened.document_ids, opened.since)
        return found

    async def _keep_open(self, turn: Turn, document_ids: Sequence[str], since: float) -> None:
        """Documents that are asked about stay open; it need not be noted each time."""
        if time.time() - since > FRESH_SECONDS:
            await self.open(turn, document_ids)

    def _inquiry(self, turn: Turn, sources: Sources, speaker_name: str = "") -> Inquiry:
        return Inquiry(
            turn_id=turn.question_id,
            run_id=turn.turn_id,
            conversation_id=conversation_of(turn, self._bot_id),
            speaker=speaker_of(turn),
            sources=sources,
            question=sources.question,
            preferences=turn.preferences,
            speaker_name=speaker_name,
        )


def _take_pages(turn: Turn, read: Sequence[Document], page_count: int) -> None:
    """Reserve the pages of one more document, as soon as their number is known. Raises QuotaExceeded."""
    turn.spend(turn, Measure.PAGES, sum(each.page_count for each in read) + page_count)
