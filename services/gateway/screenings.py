import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiogram.exceptions import AiogramError

from services.chassis.backoff import Backoff
from services.chassis.errors import QuartetError, ServiceUnavailable
from services.gateway.bookkeeping.bookkeeper import Bookkeeper
from services.gateway.bookkeeping.receipt import Outcome
from services.gateway.delivery.outcomes import describe
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.turn import Turn
from services.gateway.keyed_locks import KeyedLocks
from services.gateway.lease import Tenure
from services.gateway.metrics import GatewayMetrics
from services.gateway.quotas.measures import Measure
from services.gateway.quotas.quotas import Quotas
from services.gateway.turns import Part, TurnLog, TurnRecord, TurnState
from services.gateway.video_client import VideoClient
from services.gateway.videos import Allowance, Job, Order, State
from services.gateway.videos.card import ended_part, refused_part, waiting_part
from services.gateway.wording import Wording

log = structlog.get_logger()

AGAIN: Final = ".again"
"""Between the id of an order and the number of its repetition; the video service makes such ids."""

MakeOrder = Callable[[], Awaitable[Order]]

USUAL_SECONDS = 5
"""What an order without a length is taken to be."""


class Screenings:
    """Videos in chats: ordered in a message that says so, which in the end becomes the video.

    Nobody waits: the order's update is settled once the message stands, and events bring the rest. What is
    done with one message is done one after the other, and from its record.
    """

    def __init__(
        self,
        videos: VideoClient,
        turns: TurnLog,
        replies: Replies,
        wording: Wording,
        metrics: GatewayMetrics,
        bookkeeper: Bookkeeper,
        quotas: Quotas,
        tenure: Tenure,
        *,
        patience_seconds: float,
    ) -> None:
        """`patience_seconds`: how long a video service that is away may take to come back."""
        self._videos = videos
        self._turns = turns
        self._replies = replies
        self._wording = wording
        self._metrics = metrics
        self._bookkeeper = bookkeeper
        self._quotas = quotas
        self._tenure = tenure
        self._patience_seconds = patience_seconds
        self._locks = KeyedLocks()
        self._shown: dict[str, int] = {}

    async def order(self, turn: Turn, make_order: MakeOrder) -> None:
        """Orders a video and says so in the message that will become it. Raises LeaseLost."""
        turn.leave_lane()
        async with self._locks.held(turn.turn_id):
            # The video may have been there before its order was handled again.
            await self._refresh(turn)
            if turn.record is not None and turn.record.state is not TurnState.RESERVED:
                await self._replies.resume(turn)
                return
            await self._replies.reserve(turn, placeholder=True, waits=True)
            try:
                order = await make_order()
                turn.spend(turn, Measure.VIDEO_SECONDS, order.duration_seconds or USUAL_SECONDS)
                # The video may end, and be told of, while its order is still being announced.
                await turn.secure(turn)
                job = await self._order_until_taken(order)
            except QuartetError as error:
                log.info("video_not_ordered", turn_id=turn.turn_id, reason=error.reason)
                self._metrics.videos.labels("refused").inc()
                receipt = turn.count_as("video", "order")
                receipt.fail(error)
                receipt.answered_at = time.time()
                await self._end(turn, refused_part(error, turn.language, self._wording))
                return
            if job.state.is_final:
                await self._conclude(turn, job)
            else:
                await self._announce(turn, job, await self._allowance(turn, job))

    async def progress(self, job: Job) -> None:
        """Shows how far a video is. Failing harms nobody: what counts is its end. Raises LeaseLost."""
        async with self._locks.held(job.job_id):
            turn = await self._turn_of(job)
            if turn is None or turn.record is None or turn.record.state is not TurnState.RESERVED:
                return
            is_news = job.revision > self._shown.get(job.job_id, 0)
            if turn.record.placeholder_message_id is not None and is_news:
                self._shown[job.job_id] = job.revision
                await self._announce(turn, job, None)

    async def conclude(self, job: Job) -> None:
        """Makes a video's message what it is in the end, once. Raises LeaseLost."""
        async with self._locks.held(job.job_id):
            self._shown.pop(job.job_id, None)
            turn = await self._turn_of(job) or await self._retried(job)
            if turn is None or turn.record is None:
                log.warning("video_without_turn", job_id=job.job_id)
            elif turn.record.state is TurnState.RESERVED:
                await self._conclude(turn, job)
            elif turn.record.state is TurnState.SENDING:
                await self._replies.resume(turn)
            if turn is not None:
                await self._bookkeeper.close(turn)
                await self._quotas.close(turn)

    async def _conclude(self, turn: Turn, job: Job) -> None:
        _count(turn, job)
        await self._end(turn, ended_part(job, turn.language, self._wording))
        self._metrics.videos.labels(job.state.name.lower()).inc()
        self._metrics.video_seconds.observe(max(0.0, time.time() - turn.received_at))

    async def _end(self, turn: Turn, part: Part) -> None:
        """Makes a message the end of an order: by an edit, which can be repeated, so no end comes twice.

        Where no message waits yet, one is placed first: should a kill leave it behind, it is no second end.
        """
        assert turn.record is not None
        if turn.record.placeholder_message_id is None:
            taken = Part(text=self._wording.say("video-taking", turn.language))
            try:
                await self._replies.place(turn, lambda: taken)
            except AiogramError as error:
                log.info("video_end_not_prepared", turn_id=turn.turn_id, detail=describe(error))
        await self._replies.deliver(turn, [part])

    async def _announce(self, turn: Turn, job: Job, allowance: Allowance | None) -> None:
        assert turn.record is not None
        part = waiting_part(job, turn.language, self._wording, allowance)
        try:
            if turn.record.placeholder_message_id is None:
                await self._replies.place(turn, lambda: part)
            else:
                await self._replies.edit(turn, turn.record.placeholder_message_id, lambda: part)
        except AiogramError as error:
            log.info("video_not_announced", turn_id=turn.turn_id, detail=describe(error))

    async def _order_until_taken(self, order: Order) -> Job:
        """The one owner of retries towards the video service: the same id, so it is one job."""
        gives_up_at = time.monotonic() + self._patience_seconds
        backoff = Backoff(0.2, longest_seconds=3.0)
        while True:
            try:
                return await self._videos.order(order)
            except ServiceUnavailable as error:
                if (
                    time.monotonic() > gives_up_at
                    or (error.retry_after_seconds or 0) > self._patience_seconds
                ):
                    raise
                log.warning("video_service_unavailable", job_id=order.job_id, detail=str(error))
            await backoff.pause()

    async def _allowance(self, turn: Turn, job: Job) -> Allowance | None:
        try:
            return await self._videos.allowance(job.speaker)
        except QuartetError as error:
            log.info("allowance_not_known", turn_id=turn.turn_id, reason=error.reason)
            return None

    async def _refresh(self, turn: Turn) -> None:
        found = await self._turns.find(turn.turn_id)
        if found:
            turn.record, turn.revision = found

    async def _turn_of(self, job: Job) -> Turn | None:
        """The turn that ordered a video, put together from its record. None where there is none any more."""
        found = await self._turns.find(job.job_id)
        return self._turn(job.job_id, *found) if found else None

    async def _retried(self, job: Job) -> Turn | None:
        """A turn of its own for what an operator has ordered anew; None where it did not work again.

        Whoever ordered it first was told that it had failed, and need not be told twice.
        """
        original, again, _ = job.job_id.rpartition(AGAIN)
        found = await self._turns.find(original) if again and job.state is State.SUCCEEDED else None
        turn = self._turn(job.job_id, *found) if found else None
        if turn is not None:
            turn.record, turn.revision = None, 0
            await self._replies.reserve(turn, placeholder=True, waits=True)
        return turn

    def _turn(self, turn_id: str, record: TurnRecord, revision: int) -> Turn | None:
        waiting = record.waiting
        if waiting is None:
            return None
        turn = Turn(
            turn_id=turn_id,
            chat_id=record.chat_id,
            thread_id=record.thread_id,
            user_id=waiting.user_id,
            language=waiting.language,
            is_private=record.chat_id == waiting.user_id,
            reply_to_message_id=waiting.reply_to_message_id,
            draft_id=1,
            received_at=waiting.received_at,
            tenure=self._tenure,
            chat_type=waiting.chat_type,
            is_in_focus_group=waiting.is_in_focus_group,
            begun_at=waiting.received_at,
            record=record,
            revision=revision,
        )
        self._bookkeeper.identify(turn)
        return turn


def _count(turn: Turn, job: Job) -> None:
    receipt = turn.count_as("video", "animate" if job.has_first_frame else "order")
    receipt.is_async, receipt.answered_at = True, time.time()
    receipt.input_char_count = len(job.prompt)
    receipt.provider, receipt.model, receipt.failed_over = job.provider, job.model, job.failed_over
    if job.film is not None:
        receipt.cost_micros = job.film.cost_micros
    if job.state is State.CANCELLED:
        receipt.outcome = Outcome.CANCELLED
    elif job.failure is not None:
        receipt.fail(job.failure)
