import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from services.chassis.backoff import Backoff
from services.chassis.errors import InternalError, QuartetError, ServiceUnavailable
from services.gateway.bookkeeping.receipt import Outcome, Receipt
from services.gateway.buttons import Press, keyboard, press_data
from services.gateway.delivery.live_picture import LivePicture
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.revisions import Revisions
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import NothingAsked
from services.gateway.endings import may_pass
from services.gateway.image_client import ImageClient
from services.gateway.metrics import GatewayMetrics
from services.gateway.pictures import Order, Picture
from services.gateway.pictures.captions import announcement_of
from services.gateway.pictures.part import part_of
from services.gateway.pictures.portfolio import Portfolio
from services.gateway.pictures.refusals import is_busy, refusal
from services.gateway.quotas.measures import Measure
from services.gateway.rendering import to_dicts
from services.gateway.stops import Stops
from services.gateway.turns import Part
from services.gateway.updates import STOP_PREFIX, turn_suffix
from services.gateway.wording import Wording

log = structlog.get_logger()

MakeOrder = Callable[[], Awaitable[Order]]


@dataclass
class Canvas:
    """A picture that was ordered, and how its drawing ended: with it, or with none of it."""

    picture: Picture | None = None
    failure: QuartetError | None = None
    remark: str = ""
    """What the bot itself says instead."""
    is_stopped: bool = False

    @property
    def end_label(self) -> str:
        if self.failure is not None:
            return self.failure.reason.removeprefix("ERROR_REASON_").lower()
        if self.remark:
            return "nothing_asked"
        return "stopped" if self.is_stopped else "complete"


class Drawings:
    """Draws pictures: asks the image service, shows the picture while it develops, delivers it."""

    def __init__(
        self,
        images: ImageClient,
        portfolio: Portfolio,
        replies: Replies,
        revisions: Revisions,
        scheduler: Scheduler,
        stops: Stops,
        wording: Wording,
        metrics: GatewayMetrics,
        *,
        patience_seconds: float,
    ) -> None:
        """`patience_seconds`: how long an image service that is away may take to come back.

        The picture is then ordered anew under the same id.
        """
        self._images = images
        self._portfolio = portfolio
        self._replies = replies
        self._revisions = revisions
        self._scheduler = scheduler
        self._stops = stops
        self._wording = wording
        self._metrics = metrics
        self._patience_seconds = patience_seconds
        self._under_way: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def ended(self, question_id: str) -> None:
        """Returns when nothing is drawn any more of what is drawn now for a question."""
        for over in tuple(self._under_way.get(question_id, ())):
            await over.wait()

    async def draw(self, turn: Turn, make_order: MakeOrder, *, asked: str = "", hint: str = "") -> None:
        """Brings `turn` to its end: the picture, or an honest sentence. Raises LeaseLost or Outgrown.

        The chat goes on meanwhile. Making the order may take its time; `asked` is what is shown of it, and
        `hint` is something to read while one waits.
        """
        turn.leave_lane()
        over = asyncio.Event()
        self._under_way[turn.question_id].add(over)
        try:
            await self._draw(turn, make_order, asked, hint)
        finally:
            over.set()
            self._under_way[turn.question_id].discard(over)
            if not self._under_way[turn.question_id]:
                del self._under_way[turn.question_id]

    async def _draw(self, turn: Turn, make_order: MakeOrder, asked: str, hint: str) -> None:
        if turn.purpose is Purpose.EDIT:
            # Should nothing come of it, what stands is to stay as it is.
            turn.replaces, turn.removes = (), (*turn.replaces, *turn.removes)
        reserved = asyncio.create_task(self._replies.reserve(turn, placeholder=True))
        live = LivePicture(
            turn, self._scheduler, self._replies, reserved, self._announcement(turn, asked, hint)
        )
        canvas = Canvas()
        try:
            await self._paint(turn, make_order, canvas, live)
        finally:
            await live.close()
            await asyncio.wait([reserved])
        reserved.result()
        await self._deliver(turn, canvas)

    async def _paint(self, turn: Turn, make_order: MakeOrder, canvas: Canvas, live: LivePicture) -> None:
        async def paint() -> None:
            turn.count_as("image", "draw")
            turn.spend(turn, Measure.PICTURES, 1)
            order = await make_order()
            receipt = turn.count_as("image", order.kind.name.lower())
            receipt.input_char_count = len(order.prompt)
            receipt.attachment_bytes = sum(len(each.content) for each in order.attachments)
            canvas.picture = await self._ask_until_drawn(turn, order, live)

        try:
            canvas.is_stopped = not await self._stops.run(turn, paint())
        except NothingAsked:
            canvas.remark = self._wording.say("nothing-heard", turn.language)
        except QuartetError as error:
            log.warning("drawing_failed", turn_id=turn.turn_id, reason=error.reason)
            canvas.failure = error

    async def _ask_until_drawn(self, turn: Turn, order: Order, live: LivePicture) -> Picture:
        """The one owner of retries towards the image service: the same picture, so it is drawn once."""
        gives_up_at = time.monotonic() + self._patience_seconds
        backoff = Backoff(0.2, longest_seconds=3.0)
        while True:
            try:
                return await self._ask(turn, order, live)
            except ServiceUnavailable as error:
                if time.monotonic() > gives_up_at:
                    raise
                log.warning("image_service_unavailable", picture_id=order.picture_id, detail=str(error))
            await backoff.pause()

    async def _ask(self, turn: Turn, order: Order, live: LivePicture) -> Picture:
        async with contextlib.aclosing(self._images.draw(order)) as drawn:
            async for shown in drawn:
                if isinstance(shown, Picture):
                    return shown
                live.update(shown)
                if turn.receipt is not None:
                    turn.receipt.shown_at = turn.receipt.shown_at or time.time()
        raise InternalError("the image service has sent no picture")

    async def _deliver(self, turn: Turn, canvas: Canvas) -> None:
        self._metrics.pictures.labels(canvas.end_label).inc()
        if turn.receipt is not None:
            _conclude(turn.receipt, canvas)
        if canvas.picture is not None:
            await self._revisions.link(turn)
            with self._portfolio.holding(canvas.picture):
                await self._replies.deliver(turn, [part_of(canvas.picture, turn.language, self._wording)])
            self._metrics.picture_seconds.observe(time.time() - turn.received_at)
            return
        apology = self._apology(turn, canvas)
        if turn.purpose is Purpose.EDIT:
            await self._revisions.keep_question(turn)
            await self._replies.deliver_beside(turn, [apology])
        else:
            await self._revisions.link(turn)
            await self._replies.deliver(turn, [apology], question=turn.updates if apology.keyboard else ())

    def _announcement(self, turn: Turn, asked: str, hint: str) -> Part:
        text = announcement_of(asked, turn.language, self._wording, hint=hint)
        stop = (self._wording.say("cancel-button", turn.language), f"{STOP_PREFIX}{turn.turn_id}")
        return Part(text=text.text, entities=to_dicts(text.entities), keyboard=keyboard([stop]))

    def _apology(self, turn: Turn, canvas: Canvas) -> Part:
        """What is said where there is no picture, with another attempt where it may succeed."""
        if canvas.remark:
            return Part(text=canvas.remark)
        if canvas.failure is None:
            text = self._wording.say("picture-stopped", turn.language)
        else:
            text = refusal(canvas.failure, turn.language, self._wording)
            if not (may_pass(canvas.failure) or is_busy(canvas.failure)):
                return Part(text=text)
        again = press_data(Press.TRY, turn_suffix(turn.question_id))
        return Part(
            text=text, keyboard=keyboard([(self._wording.say("try-again-button", turn.language), again)])
        )


def _conclude(receipt: Receipt, canvas: Canvas) -> None:
    receipt.answered_at = time.time()
    if canvas.failure is not None:
        receipt.fail(canvas.failure)
    elif canvas.is_stopped:
        receipt.outcome = Outcome.CANCELLED
    if canvas.picture is not None:
        receipt.provider, receipt.model = canvas.picture.provider, canvas.picture.model
        receipt.failed_over, receipt.cost_micros = canvas.picture.failed_over, canvas.picture.cost_micros
