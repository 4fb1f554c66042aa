import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import structlog

from services.chassis.backoff import Backoff
from services.chassis.errors import ProviderInterrupted, QuartetError, ServiceUnavailable
from services.gateway.bookkeeping.receipt import Outcome, Receipt
from services.gateway.delivery.live import THINKING_AFTER_SECONDS, LiveAnswer
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.revisions import Revisions
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.delivery.views import Views
from services.gateway.dialogue import Answered, Finish, NothingAsked, Question
from services.gateway.documents import Inquiry, StepsDone, Told
from services.gateway.documents.opening import Opening
from services.gateway.documents.sources import NO_CARD
from services.gateway.endings import keyboard_of, may_be_tried_again
from services.gateway.manuscript import Manuscript, card_part_of, file_of, only_part_of, parts_of
from services.gateway.metrics import GatewayMetrics
from services.gateway.quotas.measures import Measure
from services.gateway.rendering import FormattedText
from services.gateway.respondents import Respondents
from services.gateway.speaking import is_to_be_spoken, spoken_text
from services.gateway.stops import Stops
from services.gateway.turns import Part
from services.gateway.wording import Wording

log = structlog.get_logger()

MakeQuestion = Callable[[], Awaitable[Question | Inquiry]]


class Answers:
    """Answers questions: asks the service that knows, shows the answer while it grows, delivers it."""

    def __init__(
        self,
        respondents: Respondents,
        replies: Replies,
        revisions: Revisions,
        views: Views,
        stops: Stops,
        wording: Wording,
        metrics: GatewayMetrics,
    ) -> None:
        self._respondents = respondents
        self._replies = replies
        self._revisions = revisions
        self._views = views
        self._stops = stops
        self._wording = wording
        self._metrics = metrics

    async def answer(
        self,
        turn: Turn,
        make_question: MakeQuestion,
        *,
        opening: Opening | None = None,
        card: FormattedText = NO_CARD,
    ) -> None:
        """Brings `turn` to its end: the whole answer, or an honest sentence. Raises LeaseLost or Outgrown.

        Making the question may take its time: the user sees the `opening`, or that something goes on, and may
        stop it. What an opening comes to, or a `card` that is there already, stays above the answer.
        """
        uses_drafts = self._views.uses_drafts(turn, opening)
        has_placeholder = opening is not None or not uses_drafts
        reserved = asyncio.create_task(self._replies.reserve(turn, placeholder=has_placeholder))
        live = LiveAnswer(
            self._views.open(turn, reserved, opening=opening, card=card),
            on_first_text=lambda: self._observe_first_text(turn),
            thinks_after_seconds=0.0 if opening is not None else THINKING_AFTER_SECONDS,
        )
        manuscript = Manuscript(opening=opening, has_card_apart=opening is not None and uses_drafts)
        try:
            await self._write(turn, make_question, manuscript, live)
        finally:
            await live.close()
            await asyncio.wait([reserved])
        reserved.result()
        await self._deliver(turn, manuscript)

    async def apologise(self, turn: Turn, error: QuartetError) -> None:
        """Ends `turn` with an honest sentence instead of an answer. Raises LeaseLost."""
        if turn.receipt is None:
            turn.count_as("gateway", "update")
        await self._deliver(turn, Manuscript(failure=error))

    async def _deliver(self, turn: Turn, manuscript: Manuscript) -> None:
        self._metrics.answers.labels(manuscript.end_label).inc()
        if turn.receipt is not None:
            _conclude(turn.receipt, manuscript)
        manuscript.asked = turn.transcript
        if manuscript.failure is not None and manuscript.is_blank and turn.purpose is Purpose.REGENERATE:
            manuscript.leave_out_card()
        parts = self._typeset(turn, manuscript)
        if manuscript.failure is None or not manuscript.is_blank:
            await self._revisions.link(turn)
            question = turn.updates if may_be_tried_again(manuscript) else ()
            await self._replies.deliver(
                turn,
                parts,
                markdown=manuscript.markdown,
                question=question,
                sources=manuscript.sources,
            )
            return
        if turn.purpose in (Purpose.EDIT, Purpose.REGENERATE):
            # Nothing better came: the former answer stays.
            await self._revisions.keep_question(turn)
            await self._replies.deliver_beside(turn, parts)
        else:
            await self._revisions.link(turn)
            question = turn.updates if may_be_tried_again(manuscript) else ()
            await self._replies.deliver(turn, parts, question=question, sources=manuscript.sources)

    def _typeset(self, turn: Turn, manuscript: Manuscript) -> list[Part]:
        """The messages of the answer, in the forms that its chat prefers."""
        if turn.inline_message_id:
            return [only_part_of(manuscript, turn.language, self._wording)]
        is_plain = turn.preferences.prefers_plain
        parts = parts_of(manuscript, turn.language, self._wording, is_plain=is_plain)
        is_rich = parts[-1].rich is not None
        buttons = keyboard_of(manuscript, turn, self._wording, is_rich=is_rich)
        parts[-1] = parts[-1].model_copy(update={"keyboard": buttons})
        extra = [file_of(manuscript, parts)]
        if is_to_be_spoken(turn) and (spoken := spoken_text(manuscript.markdown)):
            extra.append(Part(speech=spoken))
        card = card_part_of(manuscript, turn.language, self._wording)
        return [part for part in (card, *parts, *extra) if part is not None]

    async def _write(
        self, turn: Turn, make_question: MakeQuestion, manuscript: Manuscript, live: LiveAnswer
    ) -> None:
        async def write() -> None:
            turn.count_as("text", turn.purpose.name.lower())
            turn.spend(turn, Measure.MESSAGES, 1)
            question = await make_question()
            manuscript.sources = question.sources if isinstance(question, Inquiry) else None
            _count(turn, question)
            await self._ask_until_answered(turn, question, manuscript, live)

        try:
            if not await self._stops.run(turn, write()):
                manuscript.finish = Finish.STOPPED
        except NothingAsked as remark:
            manuscript.remark = str(remark) or self._wording.say("nothing-heard", turn.language)
        except ProviderInterrupted:
            manuscript.finish = Finish.INTERRUPTED
        except QuartetError as error:
            log.warning("answer_failed", turn_id=turn.turn_id, reason=error.reason)
            manuscript.failure = error

    async def _ask_until_answered(
        self, turn: Turn, question: Question | Inquiry, manuscript: Manuscript, live: LiveAnswer
    ) -> None:
        """The one owner of retries towards the services: same turn, so it replaces or replays."""
        gives_up_at = time.monotonic() + self._respondents.patience_seconds(question)
        backoff = Backoff(0.2, longest_seconds=3.0)
        while True:
            try:
                await self._ask(turn, question, manuscript, live)
                return
            except ServiceUnavailable as error:
                if time.monotonic() > gives_up_at:
                    raise
                log.warning("answering_service_unavailable", turn_id=question.turn_id, detail=str(error))
            await backoff.pause()

    async def _ask(
        self, turn: Turn, question: Question | Inquiry, manuscript: Manuscript, live: LiveAnswer
    ) -> None:
        written = ""
        async with contextlib.aclosing(self._respondents.ask(question)) as events:
            async for event in events:
                match event:
                    case Answered() | Told():
                        _end(manuscript, question, event)
                        _charge(turn, event)
                    case StepsDone(count, step_count):
                        said = self._wording.say(
                            "document-studying", turn.language, count=count, total=step_count
                        )
                        live.update(said, is_hint=True)
                    case delta:
                        written += delta
                        manuscript.markdown = written
                        live.update(written)

    def _observe_first_text(self, turn: Turn) -> None:
        now = time.time()
        self._metrics.first_text_seconds.observe(now - turn.received_at)
        if turn.receipt is not None:
            turn.receipt.shown_at = turn.receipt.shown_at or now


def _count(turn: Turn, question: Question | Inquiry) -> None:
    if isinstance(question, Inquiry):
        receipt = turn.count_as("docs", "ask" if question.question else "summary")
        receipt.input_char_count = len(question.question)
        return
    receipt = turn.count_as("text", turn.purpose.name.lower())
    receipt.input_char_count = len(question.instruction) + sum(len(each.text) for each in question.materials)
    receipt.attachment_bytes = sum(len(each.content) for each in question.attachments)


def _charge(turn: Turn, end: Answered | Told) -> None:
    receipt = turn.receipt
    if receipt is None:
        return
    receipt.provider, receipt.model, receipt.failed_over = end.spent.provider, end.model, end.failed_over
    receipt.input_token_count = end.spent.input_tokens
    receipt.output_token_count = end.spent.output_tokens
    receipt.cost_micros = end.spent.cost_micros


def _conclude(receipt: Receipt, manuscript: Manuscript) -> None:
    receipt.answered_at = time.time()
    receipt.output_char_count = len(manuscript.markdown)
    if manuscript.failure is not None:
        receipt.fail(manuscript.failure)
    elif manuscript.finish is Finish.STOPPED:
        receipt.outcome = Outcome.CANCELLED
    elif manuscript.finish is Finish.INTERRUPTED:
        receipt.fail(ProviderInterrupted())


def _end(manuscript: Manuscript, question: Question | Inquiry, end: Answered | Told) -> None:
    """Writes down how an answer ended."""
    if isinstance(end, Answered):
        manuscript.finish = end.finish
    else:
        manuscript.finish = Finish.TOO_LONG if end.is_truncated else Finish.COMPLETE
        manuscript.sources = manuscript.sources.told(end) if manuscript.sources else None
    if end.failed_over and question.preferences.model:
        manuscript.stand_in_model = end.model
