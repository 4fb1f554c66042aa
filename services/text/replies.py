import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Self

import structlog
from opentelemetry.trace import SpanKind

from services.chassis.errors import ProviderInterrupted, ServiceUnavailable
from services.chassis.failpoints import Failpoints
from services.chassis.telemetry import tracing
from services.text.conversation import Conversation, Finish, Turn, Usage
from services.text.framing import messages
from services.text.metrics import TextMetrics
from services.text.prompts import system_prompt
from services.text.providers.base import Completed, TextRequest, estimated_usage
from services.text.question import Question
from services.text.report import ReplyReport, reporting
from services.text.runs import Answered, Run, Runs
from services.text.settings import TextSettings
from services.text.store import ConversationStore
from services.text.vendors import Answering, Vendors

log = structlog.get_logger()


@dataclass(frozen=True)
class Manner:
    """How the operator wants questions answered."""

    system_prompt: str
    max_output_tokens: int

    @classmethod
    def of(cls, settings: TextSettings) -> Self:
        return cls(settings.text_system_prompt, settings.text_max_output_tokens)


class Said:
    """What has come of an answer so far, and from whom."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.by = Answering(provider="", model="")

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def estimated_usage(self, request: TextRequest) -> Usage:
        return estimated_usage(self.by.provider, replace(request, model=self.by.model), self.text)


class Replies:
    """Answers questions: from the store if they were answered before, else from the vendor.

    Nothing is written before the first token; one write stands at the end.
    """

    def __init__(
        self,
        vendors: Vendors,
        store: ConversationStore,
        runs: Runs,
        manner: Manner,
        *,
        metrics: TextMetrics,
        failpoints: Failpoints,
    ) -> None:
        self._vendors = vendors
        self._store = store
        self._runs = runs
        self._manner = manner
        self._metrics = metrics
        self._failpoints = failpoints

    async def stream(self, question: Question) -> AsyncGenerator[str | Answered]:
        """Yield the answer's text as it comes, then how it ended. Raises QuartetError.

        Leaving early closes the vendor's stream within moments; what was said until then is kept. The same
        turn asked again is run anew: a caller that stops and one that dies look the same from here.
        """
        run = self._runs.begin(
            question.conversation_id, question.turn_id, lambda run: self._reply(run, question)
        )
        is_begun = False
        async with aclosing(run.events()) as events:
            async for event in events:
                yield event
                if not is_begun:
                    is_begun = True
                    await self._failpoints.hit("text.mid_answer")

    async def _reply(self, run: Run, question: Question) -> Answered:
        with reporting(self._metrics, question.turn_id) as report:
            conversation = await self._store.load(question.conversation_id)
            former = conversation.find(question.turn_id)
            if former is None:
                return await self._answer(run, question, conversation, report, wasted_runs=0)
            if not former.is_complete:
                wasted_runs = former.wasted_runs + 1
                return await self._answer(run, question, conversation, report, wasted_runs=wasted_runs)
            run.is_answered = True
            run.output.put(former.answer)
            report.replayed(former.finish)
            return Answered(former.finish, former.usage, former.wasted_runs, is_replayed=True)

    async def _answer(
        self,
        run: Run,
        question: Question,
        conversation: Conversation,
        report: ReplyReport,
        *,
        wasted_runs: int,
    ) -> Answered:
        request = self._request(question, conversation)
        said = Said()

        async def keep(finish: Finish, usage: Usage) -> None:
            report.answered(finish, usage)
            await self._keep(question, said.text, finish, usage, wasted_runs)

        try:
            completed = await self._listen(run, request, said, report)
        except (asyncio.CancelledError, ProviderInterrupted) as error:
            is_cancelled = isinstance(error, asyncio.CancelledError)
            usage = said.estimated_usage(request)
            if run.is_superseded:
                report.answered(Finish.CANCELLED, usage)
            else:
                await keep(Finish.CANCELLED if is_cancelled else Finish.INTERRUPTED, usage)
            raise
        run.is_answered = True
        await keep(completed.finish, completed.usage)
        return Answered(completed.finish, completed.usage, wasted_runs)

    async def _listen(self, run: Run, request: TextRequest, said: Said, report: ReplyReport) -> Completed:
        report.asked()
        with tracing.span("vendor_stream", SpanKind.CLIENT) as span:
            async with aclosing(self._vendors.ask(request)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Completed):
                        return piece
                    if isinstance(piece, Answering):
                        said.by = piece
                        span.set_attributes({"provider": piece.provider, "model": piece.model})
                        continue
                    if not said.texts:
                        report.first_token(span)
                    said.texts.append(piece.text)
                    run.output.put(piece.text)
        raise ProviderInterrupted(f"{said.by.provider} ended without an end")

    async def _keep(
        self, question: Question, answer: str, finish: Finish, usage: Usage, wasted_runs: int
    ) -> None:
        turn = Turn(
            turn_id=question.turn_id,
            instruction=question.instruction,
            materials=question.materials,
            answer=answer,
            finish=finish,
            usage=usage,
            wasted_runs=wasted_runs,
        )
        try:
            await self._store.place(question.conversation_id, turn)
        except ServiceUnavailable:
            # The user has the answer; only the memory of it is lost.
            self._metrics.turn_lost()
            log.error("turn_not_kept", turn_id=turn.turn_id)

    def _request(self, question: Question, conversation: Conversation) -> TextRequest:
        return TextRequest(
            model=question.model,
            instructions=system_prompt(
                self._manner.system_prompt,
                language_code=question.language_code,
                today=datetime.now(UTC).date(),
            ),
            messages=messages(
                conversation.before(question.turn_id),
                question.instruction,
                question.materials,
                question.images,
            ),
            max_output_tokens=self._manner.max_output_tokens,
            caller_key=_pseudonym(str(question.user_id)),
            cache_key=_pseudonym(question.conversation_id),
        )


def _pseudonym(identifier: str) -> str:
    """Hide who it is from the vendor, which only needs to tell callers apart."""
    return blake2s(identifier.encode(), digest_size=16, person=b"quartet").hexdigest()
