from typing import Any, Final

import grpc
from quartet.gateway.v1 import feedback_service_pb2 as pb
from quartet.gateway.v1.feedback_service_pb2_grpc import (
    FeedbackServiceServicer,
    add_FeedbackServiceServicer_to_server,
)

from services.chassis.errors import InvalidRequest, Violation
from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration
from services.gateway.feedback.arrival import Arrival, Arrivals
from services.gateway.feedback.correspondence import Correspondence
from services.gateway.feedback.letter import Letter, State
from services.gateway.feedback.mailbox import Mailbox

Context = grpc.aio.ServicerContext[Any, Any]

USUAL_PAGE_SIZE: Final = 100
LARGEST_PAGE_SIZE: Final = 500
STATES: Final = {
    pb.LETTER_STATE_OPEN: State.OPEN,
    pb.LETTER_STATE_ANSWERED: State.ANSWERED,
    pb.LETTER_STATE_CLOSED: State.CLOSED,
}


class FeedbackServicer(FeedbackServiceServicer):
    """quartet.gateway.v1.FeedbackService, for operators."""

    def __init__(
        self, mailbox: Mailbox, correspondence: Correspondence, arrivals: Arrivals, admins: Admins
    ) -> None:
        self._mailbox = mailbox
        self._correspondence = correspondence
        self._arrivals = arrivals
        self._admins = admins

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["FeedbackService"].full_name
        return Registration(add_FeedbackServiceServicer_to_server, self, name)

    async def ListLetters(  # noqa: N802 - the contract's name
        self, request: pb.ListLettersRequest, _context: Context
    ) -> pb.ListLettersResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        most = f"must be 0 to {LARGEST_PAGE_SIZE}"
        _require("page_size", 0 <= request.page_size <= LARGEST_PAGE_SIZE, most)
        # A thumb that nobody explained is a figure, not a letter.
        kept = {name: one for name, one in (await self._mailbox.all()).items() if one.says_something}
        wanted = STATES.get(request.state)
        found = [(name, one) for name, one in kept.items() if wanted in (None, one.state)]
        shown = dict(found[: request.page_size or USUAL_PAGE_SIZE])
        arrivals = await self._arrivals.of(shown)
        return pb.ListLettersResponse(
            letters=[_letter(name, one, arrivals[name]) for name, one in shown.items()],
            open_count=sum(one.state is State.OPEN for one in kept.values()),
        )

    async def ReplyToLetter(  # noqa: N802 - the contract's name
        self, request: pb.ReplyToLetterRequest, _context: Context
    ) -> pb.ReplyToLetterResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        await self._correspondence.reply(request.letter_id, request.text, request.actor.user_id)
        return pb.ReplyToLetterResponse()

    async def CloseLetter(  # noqa: N802 - the contract's name
        self, request: pb.CloseLetterRequest, _context: Context
    ) -> pb.CloseLetterResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        await self._correspondence.close(request.letter_id)
        return pb.CloseLetterResponse()


def _require(field: str, is_right: bool, rule: str) -> None:
    if not is_right:
        raise InvalidRequest(violations=[Violation(field, rule)])


def _letter(letter_id: str, letter: Letter, arrivals: list[Arrival]) -> pb.Letter:
    written = pb.Letter(
        id=letter_id,
        state=pb.LetterState.Value(f"LETTER_STATE_{letter.state.name}"),
        user_id=letter.user_id,
        chat_id=letter.chat_id,
        language_code=letter.language.value,
        text=letter.text,
        reason=letter.reason or "",
        thumb=letter.thumb,
        service=letter.service,
        command=letter.command,
        provider=letter.provider,
        model=letter.model,
    )
    written.write_time.FromMicroseconds(round(letter.written_at * 1e6))
    for reply, arrival in zip(letter.replies, arrivals, strict=True):
        noted = written.replies.add(text=reply.text, user_id=reply.actor_id)
        noted.state = pb.LetterReplyState.Value(f"LETTER_REPLY_STATE_{arrival.name}")
        noted.write_time.FromMicroseconds(round(reply.written_at * 1e6))
    return written
