import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog
from opentelemetry.trace import SpanKind

from services.chassis.errors import ProviderInterrupted, ServiceUnavailable
from services.chassis.failpoints import Failpoints
from services.chassis.telemetry import tracing
from services.providers.accounting import Account, Books
from services.providers.vendors import Answering
from services.text.attempt import Attempt
from services.text.conversation import Conversation, Finish, Picture, Turn, Usage
from services.text.manner import Manner, pseudonym
from services.text.metrics import TextMetrics
from services.text.pictures import Pictures
from services.text.prices import spent
from services.text.providers.base import Completed, TextRequest
from services.text.question import Question
from services.text.report import ReplyReport, reporting
from services.text.runs import Answered, Run, Runs
from services.text.said import Said
from services.text.store import ConversationStore
from services.text.summaries import Summaries
from services.text.vendors import LanguageVendors

log = structlog.get_logger()


class Replies:
    """Answers questions: from the store if they were answered before, else from the vendor.

    Nothing is written before the first token; one write stands at the end.
    """

    def __init__(
        self,
        vendors: LanguageVendors,
        store: ConversationStore,
        summaries: Summaries,
        runs: Runs,
        manner: Manner,
        pictures: Pictures,
        books: Books,
        *,
        metrics: TextMetrics,
        failpoints: Failpoints,
    ) -> None:
        self._vendors = vendors
        self._store = store
        self._summaries = summaries
        self._runs = runs
        self._manner = manner
        self._pictures = pictures
        self._books = books
        self._metrics = metrics
        self._failpoints = failpoints

    async def stream(self, question: Question) -> AsyncGenerator[str | Answered]:
        """Yield the answer's text as it comes, then how it ended. Raises QuartetError.

        Leaving early closes the vendor's stream within moments; what was said until then is kept. The same
        run asked for again is run anew: a caller that stops and one that dies look the same from here.
        """
        run = self._runs.begin(
            question.conversation_id,
            question.turn_id,
            question.run,
            lambda run: self._reply(run, question),
        )
        is_begun = False
        async with aclosing(run.events()) as events:
            async for event in events:
                yield event
                if not is_begun:
                    is_begun = True
                    await self._failpoints.hit("text.mid_answer")

    async def forget(self, conversation_id: str) -> None:
        """Forget a conversation with its pictures, and what is being answered in it."""
        pictures = (await self._store.load(conversation_id)).pictures
        await self._store.clear(conversation_id)
        await self._pictures.forget(pictures)

    async def forget_all(self, prefix: str) -> int:
        """Forget the conversations whose ids begin with these parts; return how many there were."""
        found = [
            known for known, conversation in await self._store.below(prefix) if not conversation.is_empty
        ]
        for conversation_id in found:
            await self.forget(conversation_id)
        return len(found)

    async def _reply(self, run: Run, question: Question) -> Answered:
        with reporting(self._metrics, question.turn_id) as report:
            conversation = await self._store.load(question.conversation_id)
            former = conversation.find(question.turn_id)
            if former is not None and former.is_complete and former.run == question.run:
                report.replayed(former.finish)
                return _replay(run, former)
            return await self._answer(run, Attempt.at(question, conversation), conversation, report)

    async def _answer(
        self, run: Run, attempt: Attempt, conversation: Conversation, report: ReplyReport
    ) -> Answered:
        request = await self._request(attempt, conversation)
        keeping = self._keeping(attempt.question)
        said = Said()
        question = attempt.question
        account = self._books.account("reply", turn_id=question.run, user_key=question.user_key)

        async def keep(finish: Finish, usage: Usage) -> None:
            report.answered(finish, usage)
            pictures = await asyncio.shield(keeping) if keeping else ()
            failed_over = said.by.failed_over
            turn = attempt.turn(said.text, finish, usage, failed_over=failed_over, pictures=pictures)
            if turn is not None:
                await self._keep(attempt.question, turn, conversation.era)

        try:
            completed = await self._listen(run, request, said, report, account)
        except (asyncio.CancelledError, ProviderInterrupted) as error:
            is_cancelled = isinstance(error, asyncio.CancelledError)
            usage = said.estimated_usage(request)
            if run.is_repeated:
                report.answered(Finish.CANCELLED, usage)
            else:
                await keep(Finish.CANCELLED if is_cancelled else Finish.INTERRUPTED, usage)
            raise
        await keep(completed.finish, completed.usage)
        return Answered(
            completed.finish, completed.usage, attempt.wasted_runs, failed_over=said.by.failed_over
        )

    async def _request(self, attempt: Attempt, conversation: Conversation) -> TextRequest:
        history = self._manner.history(attempt, conversation)
        recalled = await self._pictures.recall(attempt, history)
        return self._manner.request(attempt, conversation, recalled)

    def _keeping(self, question: Question) -> asyncio.Task[tuple[Picture, ...]] | None:
        """Begin to store the question's pictures, beside the vendor's call."""
        if not question.images:
            return None
        return self._pictures.keep(pseudonym(question.conversation_id), question.images)

    async def _listen(
        self, run: Run, request: TextRequest, said: Said, report: ReplyReport, account: Account
    ) -> Completed:
        report.asked()
        with tracing.span("vendor_stream", SpanKind.CLIENT) as span:
            closing = account.closing(lambda: said.spent(request))
            async with closing, aclosing(self._vendors.ask(request)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Completed):
                        # From here on it is no longer cancelled: it is there, and paid for.
                        run.is_answered = True
                        await account.answered(spent(piece.usage), finish=piece.finish)
                        return piece
                    if isinstance(piece, Answering):
                        said.take_up(piece, account)
                        span.set_attributes({"provider": piece.provider, "model": piece.model})
                        continue
                    if not said.texts:
                        report.first_token(span)
                        account.began()
                    said.texts.append(piece.text)
                    run.output.put(piece.text)
        raise ProviderInterrupted(f"{said.by.provider} ended without an end")

    async def _keep(self, question: Question, turn: Turn, era: str) -> None:
        try:
            remembered = await self._store.place(question.conversation_id, turn, era=era)
        except ServiceUnavailable:
            # The user has the answer; only the memory of it is lost.
            self._metrics.turn_lost()
            log.error("turn_not_kept", turn_id=turn.turn_id)
        else:
            self._summaries.consider(question.conversation_id, remembered)


def _replay(run: Run, former: Turn) -> Answered:
    run.is_answered = True
    said = former.answer[former.continued_at :]
    if said:
        run.output.put(said)
    return Answered(
        former.finish,
        former.usage,
        former.wasted_runs,
        is_replayed=True,
        failed_over=former.failed_over,
    )
