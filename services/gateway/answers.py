import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import structlog

from services.chassis.backoff import Backoff
from services.chassis.errors import ProviderInterrupted, QuartetError, ServiceUnavailable
from services.gateway.delivery.live import LiveAnswer
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.revisions import Revisions
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.delivery.views import Views
from services.gateway.dialogue import Answered, Finish, NothingAsked, Question
from services.gateway.endings import keyboard_of, may_pass
from services.gateway.manuscript import Manuscript, file_of, only_part_of, parts_of
from services.gateway.metrics import GatewayMetrics
from services.gateway.speaking import is_to_be_spoken, spoken_text
from services.gateway.stops import Stops
from services.gateway.text_client import TextClient
from services.gateway.turns import Part
from services.gateway.wording import Wording

log = structlog.get_logger()

MakeQuestion = Callable[[], Awaitable[Question]]


class Answers:
    """Answers questions: asks the text service, shows the answer while it grows, delivers it."""

    def __init__(
        self,
        text: TextClient,
        replies: Replies,
        revisions: Revisions,
        views: Views,
        stops: Stops,
        wording: Wording,
        metrics: GatewayMetrics,
        *,
        patience_seconds: float,
    ) -> None:
        """`patience_seconds`: how long a text service that died may take to come back.

        Its turn then runs anew under the same id.
        """
        self._text = text
        self._replies = replies
        self._revisions = revisions
        self._views = views
        self._stops = stops
        self._wording = wording
        self._metrics = metrics
        self._patience_seconds = patience_seconds

    async def answer(self, turn: Turn, make_question: MakeQuestion) -> None:
        """Brings `turn` to its end: the whole answer, or an honest sentence. Raises LeaseLost or Outgrown.

        Making the question may take its time: the user sees that something goes on, and may stop it.
        """
        uses_drafts = self._views.uses_drafts(turn)
        reserved = asyncio.create_task(self._replies.reserve(turn, placeholder=not uses_drafts))
        view = self._views.open(turn, reserved)
        live = LiveAnswer(view, on_first_text=lambda: self._observe_first_text(turn))
        manuscript = Manuscript()
        try:
            await self._write(turn, make_question, manuscript, live)
        finally:
            await live.close()
            await asyncio.wait([reserved])
        reserved.result()
        await self._deliver(turn, manuscript)

    async def apologise(self, turn: Turn, error: QuartetError) -> None:
        """Ends `turn` with an honest sentence instead of an answer. Raises LeaseLost."""
        await self._deliver(turn, Manuscript(failure=error))

    async def _deliver(self, turn: Turn, manuscript: Manuscript) -> None:
        self._metrics.answers.labels(manuscript.end_label).inc()
        manuscript.asked = turn.transcript
        parts = self._typeset(turn, manuscript)
        if manuscript.failure is None or not manuscript.is_blank:
            await self._revisions.link(turn)
            await self._replies.deliver(turn, parts, markdown=manuscript.markdown)
            return
        if turn.purpose in (Purpose.EDIT, Purpose.REGENERATE):
            # Nothing better came: the former answer stays.
            await self._revisions.keep_question(turn)
            await self._replies.deliver_beside(turn, parts)
        else:
            await self._revisions.link(turn)
            question = turn.updates if may_pass(manuscript.failure) else ()
            await self._replies.deliver(turn, parts, question=question)

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
        return [*parts, *(part for part in extra if part is not None)]

    async def _write(
        self, turn: Turn, make_question: MakeQuestion, manuscript: Manuscript, live: LiveAnswer
    ) -> None:
        async def write() -> None:
            await self._ask_until_answered(await make_question(), manuscript, live)

        try:
            if not await self._stops.run(turn, write()):
                manuscript.finish = Finish.STOPPED
        except NothingAsked:
            manuscript.remark = self._wording.say("nothing-heard", turn.language)
        except ProviderInterrupted:
            manuscript.finish = Finish.INTERRUPTED
        except QuartetError as error:
            log.warning("answer_failed", turn_id=turn.turn_id, reason=error.reason)
            manuscript.failure = error

    async def _ask_until_answered(self, question: Question, manuscript: Manuscript, live: LiveAnswer) -> None:
        """The one owner of retries towards the text service: same turn, so it replaces or replays."""
        gives_up_at = time.monotonic() + self._patience_seconds
        backoff = Backoff(0.2, longest_seconds=3.0)
        while True:
            try:
                await self._ask(question, manuscript, live)
                return
            except ServiceUnavailable as error:
                if time.monotonic() > gives_up_at:
                    raise
                log.warning("text_service_unavailable", turn_id=question.turn_id, detail=str(error))
            await backoff.pause()

    async def _ask(self, question: Question, manuscript: Manuscript, live: LiveAnswer) -> None:
        written = ""
        async with contextlib.aclosing(self._text.stream_reply(question)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    manuscript.finish = event.finish
                    if event.failed_over and question.preferences.model:
                        manuscript.stand_in_model = event.model
                else:
                    written += event
                    manuscript.markdown = written
                    live.update(written)

    def _observe_first_text(self, turn: Turn) -> None:
        self._metrics.first_text_seconds.observe(time.time() - turn.received_at)
