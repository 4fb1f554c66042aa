import time
from typing import Final

import nats.errors
import structlog
from google.protobuf.timestamp_pb2 import Timestamp
from nats.js import JetStreamContext
from nats.js.errors import APIError
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.privacy_events_pb2 import UserForgotten
from quartet.common.v1.usage_events_pb2 import (
    FeedbackGiven,
    JobChanged,
    JobStep,
    LimitRefused,
    RequestFinished,
    UsageHeader,
    UsageOutcome,
)

from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Publisher
from services.chassis.privacy import USER_FORGOTTEN
from services.chassis.usage import STREAM, UsagePublisher, request_id, usage_id
from services.gateway.bookkeeping.directory import Directory
from services.gateway.bookkeeping.keyring import Keyring
from services.gateway.bookkeeping.receipt import Outcome, Receipt
from services.gateway.delivery.turn import Turn
from services.gateway.turns import TurnState

log = structlog.get_logger()

VIDEO: Final = "video"
GROUP: Final = "group"
FOCUS: Final = "focus"
"""The attribute of requests by which analysts tell the focus group from the others, who have none."""


class Bookkeeper:
    """Tells analysts of each request, out of its turn's record: after the answer, before its update goes.

    Whoever finds a turn that is sent tells it again, because whoever sent it may have died: it is one row.
    """

    def __init__(
        self,
        usage: UsagePublisher,
        directory: Directory,
        keyring: Keyring,
        wishes: Publisher,
        js: JetStreamContext,
    ) -> None:
        self._usage = usage
        self._wishes = wishes
        self._js = js
        self._directory = directory
        self.keyring = keyring

    def identify(self, turn: Turn) -> None:
        """Give a turn the keys of its people."""
        turn.user_key, turn.chat_key = self.keyring.user(turn.user_id), self.keyring.chat(turn.chat_id)

    async def forget(self, turn: Turn) -> None:
        """Make a user's keys lead to nobody, and have every row lose them. Raises ServiceUnavailable."""
        for key in (turn.user_key, turn.chat_key):
            await self._directory.forget(key)
        try:
            last = (await self._js.stream_info(STREAM)).state.last_seq
        except (APIError, nats.errors.Error) as error:
            raise ServiceUnavailable("the stream of usage events does not answer") from error
        wish = UserForgotten(user_key=turn.user_key, chat_key=turn.chat_key, usage_sequence=last)
        wish.happen_time.GetCurrentTime()
        event_id = usage_id(turn.turn_id, "forget")
        await self._wishes.publish(USER_FORGOTTEN, wish, event_id=event_id)

    async def rate(self, answer_id: str, receipt: Receipt, value: int) -> None:
        """Tell what an answer was worth; a later word replaces it. Raises ServiceUnavailable."""
        # Its time is the answer's, so that both are found in the same days.
        header = _header(usage_id(answer_id, "feedback.thumb"), receipt.accepted_at)
        header.version = time.time_ns() // 1_000_000
        event = FeedbackGiven(
            header=header,
            request_id=request_id(answer_id),
            service=receipt.service,
            provider=receipt.provider,
            model=receipt.model,
            kind="thumb",
            value=value,
        )
        await self._usage.publish(event)

    async def close(self, turn: Turn) -> None:
        """Tell of a turn whose answer is sent. Raises ServiceUnavailable: it is to be closed again then."""
        record = turn.record
        if record is None or record.state is not TurnState.SENT or record.receipt is None:
            return
        receipt = record.receipt
        await self._directory.note(
            receipt.user_key, turn.user_id, receipt.chat_key, turn.chat_id, receipt.language_code
        )
        await self._usage.publish(_request(turn.turn_id, receipt, retries=record.run_count - 1))
        if receipt.outcome is Outcome.REFUSED:
            await self._usage.publish(_refused(turn.turn_id, receipt))
        if receipt.service == VIDEO and receipt.outcome is Outcome.OK:
            delivered = _delivered(turn.turn_id, receipt, is_there=not record.undeliverable)
            await self._usage.publish(delivered)
        log.info(
            "request_finished",
            turn_id=turn.turn_id,
            user_key=f"{receipt.user_key:016x}",
            service=receipt.service,
            command=receipt.command,
            outcome=str(receipt.outcome),
            reason=receipt.reason or None,
            model=receipt.model or None,
            duration_ms=_ms(receipt.accepted_at, receipt.sent_at),
        )


def _request(turn_id: str, receipt: Receipt, *, retries: int) -> RequestFinished:
    event = RequestFinished(
        header=_header(request_id(turn_id), receipt.accepted_at),
        user_key=receipt.user_key,
        chat_key=receipt.chat_key,
        chat_type=receipt.chat_type,
        language_code=receipt.language_code,
        service=receipt.service,
        command=receipt.command,
        outcome=UsageOutcome.Value(f"USAGE_OUTCOME_{receipt.outcome.name}"),
        error_reason=ErrorReason.Value(receipt.reason or "ERROR_REASON_UNSPECIFIED"),
        provider=receipt.provider,
        model=receipt.model,
        is_async=receipt.is_async,
        failed_over=receipt.failed_over,
        retry_count=max(0, retries),
        queue_ms=_ms(receipt.accepted_at, receipt.begun_at),
        first_token_ms=_ms(receipt.accepted_at, receipt.shown_at),
        total_ms=_ms(receipt.accepted_at, receipt.sent_at or receipt.answered_at),
        delivery_ms=_ms(receipt.answered_at, receipt.sent_at),
        input_char_count=receipt.input_char_count,
        output_char_count=receipt.output_char_count,
        attachment_bytes=receipt.attachment_bytes,
        input_token_count=receipt.input_token_count,
        output_token_count=receipt.output_token_count,
        trace_id=receipt.trace_id,
    )
    if receipt.cost_micros is not None:
        event.cost_micros = receipt.cost_micros
    if receipt.is_in_focus_group:
        event.attributes[GROUP] = FOCUS
    return event


def _delivered(turn_id: str, receipt: Receipt, *, is_there: bool) -> JobChanged:
    return JobChanged(
        header=_header(usage_id(turn_id, "job.delivered"), receipt.sent_at or receipt.answered_at),
        job_id=turn_id,
        request_id=request_id(turn_id),
        kind=VIDEO,
        step=JobStep.JOB_STEP_DELIVERED if is_there else JobStep.JOB_STEP_DELIVERY_FAILED,
        provider=receipt.provider,
        model=receipt.model,
        duration_ms=_ms(receipt.answered_at, receipt.sent_at),
    )


def _refused(turn_id: str, receipt: Receipt) -> LimitRefused:
    return LimitRefused(
        header=_header(usage_id(turn_id, "refused"), receipt.accepted_at),
        user_key=receipt.user_key,
        chat_key=receipt.chat_key,
        service=receipt.service,
        command=receipt.command,
        quota=receipt.quota,
        limit=receipt.quota_limit,
        used=receipt.quota_used,
    )


def _header(event_id: str, happened_at: float) -> UsageHeader:
    happened = Timestamp()
    happened.FromMicroseconds(round(happened_at * 1e6))
    return UsageHeader(event_id=event_id, happen_time=happened)


def _ms(begin: float, end: float) -> int:
    return max(0, round((end - begin) * 1000)) if begin and end else 0
