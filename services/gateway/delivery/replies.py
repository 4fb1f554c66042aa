import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramMigrateToChat
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod
from aiogram.types import (
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)

from services.chassis.backoff import Backoff
from services.chassis.failpoints import Failpoints
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.outcomes import Outcome, describe, message_id_of, outcome_of
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.metrics import GatewayMetrics
from services.gateway.turns import Part, PartState, TurnLog, TurnRecord, TurnState
from services.gateway.wording import Wording

log = structlog.get_logger()

GIVE_UP_SECONDS = 6 * 3600
"""How long an answer waits for a Telegram that is down."""
MAX_DOUBTFUL_SENDS = 3
"""How often a message is sent again that may have arrived each time."""
HOPELESS = (Outcome.REFUSED, Outcome.BAD_FORMAT)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""A preview would make Telegram fetch an address that a model wrote."""


class Undeliverable(Exception):
    """Telegram will never take this message."""


class Replies:
    """Sends answers out of their records: every part once, in order, whatever dies in between.

    Telegram has no idempotency key. So each send is recorded as intended before, and as sent after. A part
    found intended may or may not have arrived: an edit is simply made again, a message is sent again with a
    mark that says so, and counted.
    """

    def __init__(
        self,
        turns: TurnLog,
        scheduler: Scheduler,
        wording: Wording,
        metrics: GatewayMetrics,
        failpoints: Failpoints,
    ) -> None:
        self._turns = turns
        self._scheduler = scheduler
        self._wording = wording
        self._metrics = metrics
        self._failpoints = failpoints

    async def reserve(self, turn: Turn, *, placeholder: bool) -> None:
        """Records that the turn has begun, so that a second run is known as one."""
        record = turn.record or self._new_record(turn)
        change: dict[str, object] = {"run_count": record.run_count + 1} if turn.record else {}
        if placeholder and record.placeholder is PartState.PENDING:
            change["placeholder"] = PartState.INTENDED
        await self._store(turn, record.model_copy(update=change))

    async def place(self, turn: Turn, part: Part) -> int:
        """Sends the message that will become the answer of a turn reserved with a placeholder.

        Returns its id, the recorded one where a former holder has placed it. Raises TelegramAPIError.
        """
        assert turn.record is not None
        if turn.record.placeholder_message_id is not None:
            return turn.record.placeholder_message_id
        method = self._send(turn, part.model_copy(update={"reply_to_message_id": turn.reply_to_message_id}))
        message = await self._scheduler.call(method, turn.chat_id, Family.MESSAGES, Priority.PROGRESS)
        placed = {"placeholder": PartState.SENT, "placeholder_message_id": message.message_id}
        await self._store(turn, turn.record.model_copy(update=placed))
        return message.message_id

    async def edit(self, turn: Turn, message_id: int, make: Callable[[], Part]) -> None:
        """Shows progress in a placed message, asking for it only when the call may go."""

        def edit() -> EditMessageText:
            return self._edit(turn, make().model_copy(update={"message_id": message_id}))

        try:
            await self._scheduler.call_latest(edit, turn.chat_id, Family.MESSAGES, Priority.PROGRESS)
        except TelegramBadRequest as error:
            if outcome_of(error) is not Outcome.NOT_MODIFIED:
                raise

    async def say(self, turn: Turn, text: str) -> None:
        """Answers with one plain message. Raises LeaseLost."""
        await self.deliver(turn, [Part(text=text)])

    async def toast(self, turn: Turn, method: AnswerCallbackQuery) -> None:
        """Answers a button press, which Telegram forgets within seconds: it is not worth a record."""
        try:
            await self._scheduler.call(method, turn.chat_id, Family.FREE, Priority.COSMETIC)
        except AiogramError as error:
            log.info("toast_not_shown", turn_id=turn.turn_id, detail=describe(error))

    async def deliver(self, turn: Turn, parts: Sequence[Part]) -> None:
        """Makes `parts` the turn's answer and sends them. Raises LeaseLost."""
        record = turn.record or self._new_record(turn)
        final = list(parts)
        first: dict[str, object] = {"state": PartState.INTENDED}
        if record.placeholder_message_id is not None:
            first |= {"is_edit": True, "message_id": record.placeholder_message_id}
        else:
            first |= {"reply_to_message_id": turn.reply_to_message_id}
        final[0] = final[0].model_copy(update=first)
        sending = {"state": TurnState.SENDING, "parts": tuple(final)}
        await self._store(turn, record.model_copy(update=sending))
        await self._failpoints.hit("reply.intended")
        await self._send_rest(turn, was_cut=False)

    async def resume(self, turn: Turn) -> None:
        """Goes on with an answer that a former holder could not finish sending."""
        log.info("reply_resumed", turn_id=turn.turn_id)
        await self._send_rest(turn, was_cut=True)

    async def _send_rest(self, turn: Turn, *, was_cut: bool) -> None:
        assert turn.record is not None
        for index, part in enumerate(turn.record.parts):
            if part.state is PartState.SENT:
                continue
            try:
                message_id = await self._send_part(turn, part, in_doubt=was_cut and not part.is_edit)
            except Undeliverable as error:
                await self._give_up(turn, str(error))
                return
            was_cut = False
            await self._failpoints.hit("reply.accepted")
            await self._record_sent(turn, index, message_id)
        await self._failpoints.hit("reply.recorded")
        seconds = time.time() - turn.received_at
        self._metrics.final_text_seconds.observe(seconds)
        log.info("reply_sent", turn_id=turn.turn_id, parts=len(turn.record.parts), seconds=round(seconds, 3))

    async def _record_sent(self, turn: Turn, index: int, message_id: int) -> None:
        """One write: this part is sent, the next one intended."""
        assert turn.record is not None
        parts = list(turn.record.parts)
        parts[index] = parts[index].model_copy(update={"state": PartState.SENT, "message_id": message_id})
        is_last = index + 1 == len(parts)
        if not is_last:
            parts[index + 1] = parts[index + 1].model_copy(update={"state": PartState.INTENDED})
        state = TurnState.SENT if is_last else TurnState.SENDING
        await self._store(turn, turn.record.model_copy(update={"state": state, "parts": tuple(parts)}))

    async def _send_part(self, turn: Turn, part: Part, *, in_doubt: bool) -> int:
        """Sends one part, however often it takes, and returns the message's id. Raises Undeliverable."""
        gives_up_at = time.monotonic() + GIVE_UP_SECONDS
        backoff, doubtful_sends = Backoff(0.25, longest_seconds=15.0), 0
        while True:
            if in_doubt:
                doubtful_sends += 1
                self._metrics.ambiguous_sends.inc()
                log.warning("reply_sent_again_in_doubt", turn_id=turn.turn_id)
            try:
                return await self._attempt(turn, self._marked(turn, part) if in_doubt else part)
            except AiogramError as error:
                if (sent_id := message_id_of(error)) is not None:
                    return sent_id
                outcome = outcome_of(error)
                if isinstance(error, TelegramMigrateToChat):
                    turn.chat_id = error.migrate_to_chat_id
                elif outcome is Outcome.NOT_MODIFIED and part.message_id is not None:
                    return part.message_id
                elif (mended := _mended(part, outcome)) is not None:
                    part = mended
                elif outcome in HOPELESS or time.monotonic() > gives_up_at:
                    raise Undeliverable(describe(error)) from error
                else:
                    in_doubt = in_doubt or (outcome is Outcome.UNKNOWN and not part.is_edit)
                    if doubtful_sends == MAX_DOUBTFUL_SENDS:
                        raise Undeliverable("nobody knows how often it arrived") from error
                    await backoff.pause()

    async def _attempt(self, turn: Turn, part: Part) -> int:
        method: TelegramMethod[Any] = self._edit(turn, part) if part.is_edit else self._send(turn, part)
        result = await self._scheduler.call(method, turn.chat_id, Family.MESSAGES, Priority.FINAL)
        return result.message_id if isinstance(result, Message) else part.message_id or 0

    def _send(self, turn: Turn, part: Part) -> SendMessage:
        reply_to = part.reply_to_message_id
        return SendMessage(
            chat_id=turn.chat_id,
            message_thread_id=turn.thread_id or None,
            reply_parameters=ReplyParameters(message_id=reply_to, allow_sending_without_reply=True)
            if reply_to
            else None,
            **_content(part),
        )

    def _edit(self, turn: Turn, part: Part) -> EditMessageText:
        return EditMessageText(chat_id=turn.chat_id, message_id=part.message_id, **_content(part))

    def _marked(self, turn: Turn, part: Part) -> Part:
        mark = self._wording.say("answer-resent", turn.language) + "\n\n"
        shift = len(mark.encode("utf-16-le")) // 2
        entities = tuple({**entity, "offset": entity["offset"] + shift} for entity in part.entities)
        return part.model_copy(update={"text": mark + part.text, "entities": entities})

    async def _give_up(self, turn: Turn, why: str) -> None:
        assert turn.record is not None
        log.warning("reply_undeliverable", turn_id=turn.turn_id, why=why)
        over = {"state": TurnState.SENT, "undeliverable": why[:200]}
        await self._store(turn, turn.record.model_copy(update=over))

    async def _store(self, turn: Turn, record: TurnRecord) -> None:
        turn.revision = await self._turns.write(
            turn.turn_id, record, revision=turn.revision, tenure=turn.tenure
        )
        turn.record = record

    def _new_record(self, turn: Turn) -> TurnRecord:
        return TurnRecord(state=TurnState.RESERVED, chat_id=turn.chat_id, thread_id=turn.thread_id)


def _mended(part: Part, outcome: Outcome) -> Part | None:
    """The part as Telegram may take it after it refused it so, where there is such a way."""
    if outcome is Outcome.TARGET_GONE:
        return part.model_copy(update={"is_edit": False, "message_id": None})
    if outcome is Outcome.BAD_FORMAT and part.entities:
        return part.model_copy(update={"entities": ()})
    return None


def _content(part: Part) -> dict[str, Any]:
    return {
        "text": part.text,
        "entities": [MessageEntity.model_validate(entity) for entity in part.entities] or None,
        "parse_mode": None,
        "link_preview_options": NO_PREVIEW,
        "reply_markup": InlineKeyboardMarkup.model_validate(part.keyboard) if part.keyboard else None,
    }
