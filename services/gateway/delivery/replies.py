import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    AnswerInlineQuery,
    DeleteMessages,
    EditMessageReplyMarkup,
    TelegramMethod,
)
from aiogram.types import InlineKeyboardMarkup, Message

from services.chassis.failpoints import Failpoints
from services.gateway.bookkeeping.receipt import Receipt
from services.gateway.buttons import Keyboard
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.composing import edit_preview, edit_text, send_text
from services.gateway.delivery.outcomes import Outcome, describe, outcome_of
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.sending import RichRefused, Sender, Undeliverable
from services.gateway.delivery.turn import Turn
from services.gateway.documents.sources import Sources
from services.gateway.metrics import GatewayMetrics
from services.gateway.pictures import Preview
from services.gateway.turns import Part, PartState, TurnLog, TurnRecord, TurnState, Waiting
from services.gateway.updates import RawUpdate

log = structlog.get_logger()

MAX_DELETED = 100
"""https://core.telegram.org/bots/api#deletemessages"""


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
        sender: Sender,
        metrics: GatewayMetrics,
        failpoints: Failpoints,
    ) -> None:
        self._turns = turns
        self._scheduler = scheduler
        self._sender = sender
        self._metrics = metrics
        self._failpoints = failpoints

    async def reserve(self, turn: Turn, *, placeholder: bool, waits: bool = False) -> None:
        """Records that the turn has begun, so that a second run is known as one.

        `waits`: its end comes with an event, long after its update; the record then says for whom.
        """
        record = turn.record or self._new_record(turn)
        change: dict[str, object] = {"run_count": record.run_count + 1} if turn.record else {}
        if waits:
            change["waiting"] = Waiting(
                user_id=turn.user_id,
                language=turn.language,
                reply_to_message_id=turn.reply_to_message_id,
                received_at=turn.received_at,
                chat_type=turn.chat_type,
                is_in_focus_group=turn.is_in_focus_group,
            )
        if placeholder and record.placeholder is PartState.PENDING:
            change["placeholder"] = PartState.INTENDED
        await self._store(turn, record.model_copy(update=change))

    async def place(self, turn: Turn, make: Callable[[], Part]) -> int:
        """Sends the message that will become the answer of a turn reserved with a placeholder.

        It is asked for only when the call may go. Returns the message's id, the recorded one where a former
        holder has placed it. Raises TelegramAPIError.
        """
        assert turn.record is not None
        if turn.record.placeholder_message_id is not None:
            return turn.record.placeholder_message_id

        def send() -> TelegramMethod[Message]:
            part = make().model_copy(update={"reply_to_message_id": turn.reply_to_message_id})
            return send_text(turn, part)

        sent = await self._scheduler.call_latest(send, turn.chat_id, Family.MESSAGES, Priority.PROGRESS)
        message_id = int(sent.message_id)
        placed = {"placeholder": PartState.SENT, "placeholder_message_id": message_id}
        await self._store(turn, turn.record.model_copy(update=placed))
        return message_id

    async def edit(self, turn: Turn, message_id: int | None, make: Callable[[], Part]) -> None:
        """Shows progress in a placed message, asking for it only when the call may go."""
        await self._show(turn, lambda: edit_text(turn, make().model_copy(update={"message_id": message_id})))

    async def develop(self, turn: Turn, part: Part, latest: Callable[[], Preview]) -> None:
        """Makes a placed message a picture as far as it is drawn, asking for it only when the call may go."""
        await self._show(turn, lambda: edit_preview(turn, part, latest()))

    async def swap_keyboard(self, turn: Turn, message_id: int, keyboard: Keyboard) -> None:
        """Puts other buttons under a message of ours. It is not recorded: the old ones may stay."""
        markup = InlineKeyboardMarkup.model_validate(keyboard)
        method = EditMessageReplyMarkup(chat_id=turn.chat_id, message_id=message_id, reply_markup=markup)
        try:
            await self._scheduler.call(method, turn.chat_id, Family.MESSAGES, Priority.FINAL)
        except AiogramError as error:
            log.info("buttons_not_swapped", turn_id=turn.turn_id, detail=describe(error))

    async def say(self, turn: Turn, text: str) -> None:
        """Answers with one plain message. Raises LeaseLost."""
        await self.deliver(turn, [Part(text=text)])

    async def answer_inline(self, turn: Turn, method: AnswerInlineQuery) -> None:
        """Answers an inline query; the next keystroke brings another one."""
        try:
            await self._scheduler.call(method, turn.chat_id, Family.FREE, Priority.PROGRESS)
        except AiogramError as error:
            log.info("inline_query_not_answered", turn_id=turn.turn_id, detail=describe(error))

    async def toast(self, turn: Turn, method: AnswerCallbackQuery) -> None:
        """Answers a button press, which Telegram forgets within seconds: it is not worth a record."""
        try:
            await self._scheduler.call(method, turn.chat_id, Family.FREE, Priority.COSMETIC)
        except AiogramError as error:
            log.info("toast_not_shown", turn_id=turn.turn_id, detail=describe(error))

    async def redraw(self, turn: Turn, message_id: int, part: Part) -> None:
        """Makes a message of ours this part: a menu that was pressed. A new one where it is no more.

        It is not recorded, since an edit can be made again. Raises LeaseLost.
        """
        edit = part.model_copy(update={"is_edit": True, "message_id": message_id})
        try:
            await self._sender.send(turn, edit, in_doubt=False)
        except Undeliverable as error:
            log.warning("menu_not_redrawn", turn_id=turn.turn_id, why=str(error))

    async def remove(self, turn: Turn, message_id: int) -> bool:
        """Deletes a message of ours and says whether it is gone: Telegram keeps those of two days ago."""
        method = DeleteMessages(chat_id=turn.chat_id, message_ids=[message_id])
        try:
            return await self._scheduler.call(method, turn.chat_id, Family.FREE, Priority.PROGRESS)
        except AiogramError as error:
            log.info("menu_not_deleted", turn_id=turn.turn_id, detail=describe(error))
            return False

    async def deliver(
        self,
        turn: Turn,
        parts: Sequence[Part],
        *,
        markdown: str = "",
        question: Sequence[RawUpdate] = (),
        sources: Sources | None = None,
    ) -> None:
        """Makes `parts` the turn's answer and sends them. Raises LeaseLost.

        `markdown` is the answer as the model wrote it; `question` the updates that asked, where the answer
        failed and may be tried again; `sources` the documents that it was made from.
        """
        # Whoever finds the answer sent after a death finds what it has cost reserved, and settles it.
        await turn.secure(turn)
        record = turn.record or self._new_record(turn)
        final = _placed(turn, record, parts)
        sending = {
            "state": TurnState.SENDING,
            "parts": final,
            "markdown": markdown,
            "question": tuple(question),
            "sources": sources,
            "receipt": turn.receipt,
        }
        await self._store(turn, record.model_copy(update=sending))
        await self._failpoints.hit("reply.intended")
        await self._send_rest(turn, was_cut=False)

    async def deliver_beside(self, turn: Turn, parts: Sequence[Part]) -> None:
        """Like `deliver`, but leaves the former answer where it is."""
        record = turn.record or self._new_record(turn)
        apart: dict[str, object] = {"replaces": (), "removes": ()}
        if record.placeholder_message_id in record.replaces:
            apart["placeholder_message_id"] = None
        turn.record = record.model_copy(update=apart)
        await self.deliver(turn, parts)

    async def resume(self, turn: Turn) -> None:
        """Goes on with an answer that a former holder could not finish sending."""
        log.info("reply_resumed", turn_id=turn.turn_id)
        await self._send_rest(turn, was_cut=True)

    async def _send_rest(self, turn: Turn, *, was_cut: bool) -> None:
        assert turn.record is not None
        while (index := turn.record.next_part) is not None:
            part = turn.record.parts[index]
            try:
                message_id = await self._sender.send(turn, part, in_doubt=was_cut and not part.is_edit)
            except RichRefused:
                await self._store(turn, turn.record.with_plain_part(index))
                continue
            except Undeliverable as error:
                await self._give_up(turn, str(error))
                return
            was_cut = False
            await self._failpoints.hit("reply.accepted")
            await self._record_sent(turn, index, message_id)
        await self._remove_left_over(turn)
        await self._failpoints.hit("reply.recorded")
        seconds = time.time() - turn.received_at
        if not turn.record.has_picture:
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
        changes: dict[str, object] = {"state": TurnState.SENDING, "parts": tuple(parts)}
        if is_last:
            changes |= {"state": TurnState.SENT, "receipt": _signed(turn.record.receipt)}
        await self._store(turn, turn.record.model_copy(update=changes))

    async def _remove_left_over(self, turn: Turn) -> None:
        """Deletes what remains of a former answer. It is tried once: a leftover harms nobody."""
        assert turn.record is not None
        taken = {part.message_id for part in turn.record.parts}
        former = [*turn.record.replaces, *turn.record.removes]
        if turn.record.placeholder_message_id is not None:
            # It had become a picture, which no words can take the place of.
            former.append(turn.record.placeholder_message_id)
        left_over = [message_id for message_id in dict.fromkeys(former) if message_id not in taken]
        if not left_over:
            return
        method = DeleteMessages(chat_id=turn.chat_id, message_ids=left_over[:MAX_DELETED])
        try:
            await self._scheduler.call(method, turn.chat_id, Family.FREE, Priority.PROGRESS)
        except AiogramError as error:
            log.info("former_answer_not_deleted", turn_id=turn.turn_id, detail=describe(error))

    async def _give_up(self, turn: Turn, why: str) -> None:
        assert turn.record is not None
        log.warning("reply_undeliverable", turn_id=turn.turn_id, why=why)
        receipt = _signed(turn.record.receipt)
        over = {"state": TurnState.SENT, "undeliverable": why[:200], "receipt": receipt}
        await self._store(turn, turn.record.model_copy(update=over))

    async def _show(self, turn: Turn, make: Callable[[], TelegramMethod[Any]]) -> None:
        """Changes what a message shows: nothing is lost where that fails. Raises TelegramAPIError."""
        try:
            await self._scheduler.call_latest(make, turn.chat_id, Family.MESSAGES, Priority.PROGRESS)
        except TelegramBadRequest as error:
            if outcome_of(error) is not Outcome.NOT_MODIFIED:
                raise

    async def _store(self, turn: Turn, record: TurnRecord) -> None:
        turn.revision = await self._turns.write(
            turn.turn_id, record, revision=turn.revision, tenure=turn.tenure
        )
        turn.record = record

    def _new_record(self, turn: Turn) -> TurnRecord:
        placeholder: dict[str, object] = {}
        if turn.replaces:
            placeholder = {"placeholder": PartState.SENT, "placeholder_message_id": turn.replaces[0]}
        record = TurnRecord(
            state=TurnState.RESERVED,
            chat_id=turn.chat_id,
            thread_id=turn.thread_id,
            replaces=turn.replaces,
            removes=turn.removes,
        )
        return record.model_copy(update=placeholder)


def _signed(receipt: Receipt | None) -> Receipt | None:
    return receipt.model_copy(update={"sent_at": time.time()}) if receipt is not None else None


def _placed(turn: Turn, record: TurnRecord, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, in the places of the former answer's messages or of the placeholder, as far as they go."""
    if turn.inline_message_id:
        # There is one message, it is there already, and it has no id that a bot may know.
        return (parts[0].model_copy(update={"is_edit": True, "state": PartState.INTENDED}),)
    targets = list(record.replaces)
    if not targets and record.placeholder_message_id is not None:
        targets = [record.placeholder_message_id]
    placed: list[Part] = []
    for part in parts:
        if targets and part.fits_text:
            part = part.model_copy(update={"is_edit": True, "message_id": targets.pop(0)})
        placed.append(part)
    # Also where it is an edit: should its message be gone, it is sent.
    first = {"state": PartState.INTENDED, "reply_to_message_id": turn.reply_to_message_id}
    placed[0] = placed[0].model_copy(update=first)
    return tuple(placed)
