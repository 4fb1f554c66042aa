import asyncio
import contextlib
import json
import time
from collections.abc import Sequence

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from nats.aio.msg import Msg
from opentelemetry.trace import SpanKind
from quartet.gateway.v1.update_events_pb2 import UpdateReceived

from services.chassis.backoff import Backoff
from services.chassis.errors import InternalError, QuartetError, ServiceUnavailable
from services.chassis.events import MalformedEvent, decode, registry
from services.chassis.telemetry import tracing
from services.gateway.access.refusing import Doorkeeper
from services.gateway.bookkeeping.bookkeeper import Bookkeeper
from services.gateway.delivery.turn import Turn
from services.gateway.gathering import Gathering, is_comment_on
from services.gateway.in_hand import InHand
from services.gateway.lanes import Lanes, Leave
from services.gateway.lease import NATS_ERRORS, LeaseLost, Tenure
from services.gateway.metrics import GatewayMetrics
from services.gateway.speech import Speech
from services.gateway.stops import Outgrown, StopWish
from services.gateway.turns import TurnLog, TurnState
from services.gateway.updates import (
    RawUpdate,
    button_of,
    lane_of,
    message_turn_id,
    origin_of,
)
from services.gateway.wording import language_of

log = structlog.get_logger()

EVENTS = registry(UpdateReceived)
MAX_RUNS = 5
"""A turn begun so often and never ended kills the process it runs in: it gets an apology instead."""
PATIENCE_SECONDS = 90.0
"""How long an update waits for a service of ours. Longer than an answer waits for the text service."""
LONGEST_PAUSE_SECONDS = 3.0
MAX_DRAFT_ID = 2**31 - 2


class Shift:
    """Handles a tenure's updates: finds what was recorded of each, routes it, takes it off the stream."""

    def __init__(
        self,
        tenure: Tenure,
        lanes: Lanes,
        speech: Speech,
        turns: TurnLog,
        dispatcher: Dispatcher,
        bot: Bot,
        bookkeeper: Bookkeeper,
        metrics: GatewayMetrics,
        doorkeeper: Doorkeeper,
    ) -> None:
        self._tenure = tenure
        self._lanes = lanes
        self._speech = speech
        self._turns = turns
        self._dispatcher = dispatcher
        self._bot = bot
        self._bookkeeper = bookkeeper
        self._metrics = metrics
        self._doorkeeper = doorkeeper
        self._in_hand: dict[str, InHand] = {}
        self._gathering = Gathering(self._submit)

    async def receive(self, message: Msg) -> None:
        """Takes a delivered message up. It must not wait: the next message waits behind it."""
        try:
            event = decode(message, EVENTS)
            update: RawUpdate = json.loads(event.message.payload)
        except (MalformedEvent, ValueError) as error:
            log.error("update_unreadable", detail=str(error))
            await message.term()
            return
        if known := self._in_hand.get(event.event_id):
            # Delivered anew after a reconnect; only the newest delivery can be acknowledged.
            known.message = message
            return
        received_at = event.message.receive_time.ToMicroseconds() / 1e6
        in_hand = InHand(event.event_id, update, message, received_at)
        in_hand.is_repeated = self._is_repeated(update)
        self._in_hand[event.event_id] = in_hand
        if "edited_message" in update:
            # The answer to the former wording is no longer wanted.
            self._speech.stops.stop_now(_outdated(self._bot.id, update))
        in_hand.comment = self._commented_by(in_hand)
        self._gathering.add(in_hand)

    def _submit(self, in_hand: InHand) -> None:
        """Takes a turn up that has come in whole."""
        if in_hand.comment is not None and self._grow(in_hand.comment, in_hand):
            return
        free = f"free {in_hand.turn_id}"
        lane = free if in_hand.is_repeated else lane_of(self._bot.id, in_hand.update) or free
        context = tracing.extract(in_hand.message.headers or {})

        async def handle(leave: Leave) -> None:
            in_hand.leave_lane = leave
            with tracing.span("handle update", SpanKind.CONSUMER, context=context):
                await self._handle(in_hand)

        self._lanes.submit(lane, handle)

    def _is_repeated(self, update: RawUpdate) -> bool:
        button = button_of(update)
        return bool(button) and any(button_of(known.update) == button for known in self._in_hand.values())

    def _commented_by(self, forwards: InHand) -> InHand | None:
        """The question that was sent along with forwarded messages, where it is not answered yet.

        Telegram delivers such a comment first, as a message of its own. Where its answer has begun, it is
        asked anew together with what it is about.
        """
        if "forward_origin" not in (forwards.update.get("message") or {}):
            return None
        for asked in self._in_hand.values():
            if not is_comment_on(asked.update, forwards.update):
                continue
            is_waiting = asked.grown is not None and not asked.grown.is_set()
            if not is_waiting:
                if asked.is_begun and not self._speech.stops.outgrow(asked.turn_id):
                    return None
                asked.grown = asyncio.Event()
            return asked
        return None

    def _grow(self, comment: InHand, forwards: InHand) -> bool:
        """Makes forwarded messages part of the question they came with; False where that is answered."""
        if comment.grown is None or comment.turn_id not in self._in_hand:
            return False
        if comment.grown.is_set() and not self._speech.stops.outgrow(comment.turn_id):
            return False
        comment.others += [forwards, *forwards.others]
        comment.grown.set()
        return True

    async def _handle(self, in_hand: InHand) -> None:
        """Handles one update to its end. Never raises: one update must not end the others."""
        try:
            await self._handle_through_outages(in_hand)
        except LeaseLost:
            log.info("update_left_to_successor", turn_id=in_hand.turn_id)
        except Exception:  # the edge of the process
            log.exception("update_dropped", turn_id=in_hand.turn_id)
            self._metrics.handler_failures.inc()
            await in_hand.settle()
        finally:
            for done in (in_hand, *in_hand.others):
                self._in_hand.pop(done.turn_id, None)

    async def _handle_through_outages(self, in_hand: InHand) -> None:
        """Tries again while our store is away; for a service of ours that is away there is a limit."""
        gives_up_at = time.monotonic() + PATIENCE_SECONDS
        backoff = Backoff(0.2, longest_seconds=LONGEST_PAUSE_SECONDS)
        while self._tenure.held:
            in_hand.is_begun = True
            if in_hand.grown is not None:
                await in_hand.grown.wait()
            turn = self._turn_of(in_hand)
            try:
                await self._apply_preferences(turn)
                await self._bring_to_an_end(turn, in_hand)
                return
            except Outgrown:
                log.info("question_outgrown", turn_id=in_hand.turn_id)
                continue
            except (ServiceUnavailable, *NATS_ERRORS) as error:
                log.warning("update_waits", turn_id=in_hand.turn_id, error=type(error).__name__)
                if isinstance(error, ServiceUnavailable) and time.monotonic() > gives_up_at:
                    with contextlib.suppress(*NATS_ERRORS):
                        await self._apologise(turn, error)
                        await in_hand.settle()
                        return
            await backoff.pause()

    async def _bring_to_an_end(self, turn: Turn, in_hand: InHand) -> None:
        found = await self._turns.find(turn.turn_id)
        if found:
            turn.record, turn.revision = found
        if turn.record is None or turn.record.state is TurnState.RESERVED:
            await self._route(turn, in_hand)
        elif turn.record.state is TurnState.SENDING:
            if turn.record.has_picture:
                turn.leave_lane()
            await self._speech.replies.resume(turn)
        self._release_late(turn, in_hand)
        # Before the update is settled: whoever dies here is repeated, and tells the same.
        await self._bookkeeper.close(turn)
        await self._speech.quotas.close(turn)
        if not in_hand.is_deferred:
            await in_hand.settle()

    def _release_late(self, turn: Turn, in_hand: InHand) -> None:
        """Makes what came to a question too late a turn of its own."""
        late = in_hand.others[len(turn.updates) - 1 :]
        if late:
            del in_hand.others[len(turn.updates) - 1 :]
            late[0].comment, late[0].others = None, late[1:]
            self._submit(late[0])

    async def _route(self, turn: Turn, in_hand: InHand) -> None:
        try:
            if turn.record and turn.record.run_count >= MAX_RUNS:
                raise InternalError(f"begun {turn.record.run_count} times and never ended")
            if not await self._doorkeeper.turns_away(turn, in_hand.update):
                await self._dispatch(turn, in_hand.updates, in_hand)
        except (LeaseLost, Outgrown, ServiceUnavailable, *NATS_ERRORS):
            raise
        except Exception as error:  # the edge of the process
            log.exception("update_failed", turn_id=turn.turn_id)
            self._metrics.handler_failures.inc()
            await self._apologise(
                turn, error if isinstance(error, QuartetError) else InternalError("handler failed")
            )

    async def _dispatch(self, turn: Turn, updates: Sequence[RawUpdate], in_hand: InHand) -> None:
        """Routes what asks together. A handler gets the first update, and all the messages as `messages`."""
        read = [Update.model_validate(update, context={"bot": self._bot}) for update in updates]

        async def ask_again(kept: Sequence[RawUpdate]) -> None:
            turn.updates = tuple(kept)
            await self._dispatch(turn, kept, in_hand)

        await self._dispatcher.feed_update(
            self._bot,
            read[0],
            turn=turn,
            speech=self._speech,
            in_hand=in_hand,
            messages=[update.message or update.edited_message for update in read],
            ask_again=ask_again,
        )

    async def _apply_preferences(self, turn: Turn) -> None:
        turn.preferences = await self._speech.people.of(turn.chat_id)
        turn.language = turn.preferences.language or turn.language

    async def _apologise(self, turn: Turn, error: QuartetError) -> None:
        """Says what went wrong, unless an answer is on its way already."""
        if turn.record is None or turn.record.state is TurnState.RESERVED:
            await self._speech.answers.apologise(turn, error)

    def _turn_of(self, in_hand: InHand) -> Turn:
        origin = origin_of(in_hand.update)
        content: RawUpdate = in_hand.update.get(origin.kind) or {}
        user: RawUpdate = content.get("from") or {}
        chat: RawUpdate = (content.get("message") or content).get("chat") or {}
        is_private = origin.chat_id == origin.user_id or chat.get("type") == "private"
        turn = Turn(
            turn_id=in_hand.turn_id,
            chat_id=origin.chat_id,
            thread_id=origin.thread_id,
            user_id=origin.user_id,
            language=language_of(user.get("language_code")),
            is_private=is_private,
            inline_message_id=content.get("inline_message_id", ""),
            reply_to_message_id=None if is_private else content.get("message_id"),
            # The same for each run, so that a second one draws over the first. Telegram wants it non-zero.
            draft_id=in_hand.update["update_id"] % MAX_DRAFT_ID + 1,
            received_at=in_hand.received_at,
            tenure=self._tenure,
            updates=in_hand.updates,
            chat_type="inline" if "inline_message_id" in content else chat.get("type") or "private",
            begun_at=time.time(),
            leave_lane=in_hand.leave_lane,
            spend=self._speech.quotas.spend,
            secure=self._speech.quotas.secure,
        )
        self._bookkeeper.identify(turn)
        self._doorkeeper.recognise(turn)
        return turn


def _outdated(bot_id: int, update: RawUpdate) -> StopWish:
    """The wish to stop whatever answers a message that has been edited, former edits included."""
    message = update["edited_message"]
    return StopWish(message["chat"]["id"], 0, question_id=message_turn_id(bot_id, message))
