from typing import Any, Final

from quartet.gateway.v1 import feedback_service_pb2 as pb
from quartet.gateway.v1.feedback_service_pb2_grpc import FeedbackServiceStub
from starlette.responses import Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Page, Section, Show
from services.admin.panel.standings import actor
from services.admin.panel.visit import Visit
from services.chassis.roles import AdminRole

MOST: Final = 100
STATES: Final = {
    "open": pb.LETTER_STATE_OPEN,
    "answered": pb.LETTER_STATE_ANSWERED,
    "closed": pb.LETTER_STATE_CLOSED,
}
OPEN: Final = "open"


def page(desk: Desk) -> Page:
    """What people say of the bot, and what they are answered: the gateway keeps it."""
    stub = FeedbackServiceStub(desk.neighbours.gateway)

    async def show(visit: Visit) -> Response:
        shown = visit.query.get("show", OPEN)
        request = pb.ListLettersRequest(
            actor=actor(visit), state=STATES.get(shown, pb.LETTER_STATE_UNSPECIFIED), page_size=MOST
        )
        found = await stub.ListLetters(request)
        letters = [_row(letter) for letter in found.letters]
        states = (*STATES, "all")
        return visit.show(
            "feedback.html", letters=letters, shown=shown, states=states, open_count=found.open_count
        )

    async def reply(visit: Visit) -> Response:
        letter_id, text = (visit.form_fields.get(name, "") for name in ("letter_id", "text"))
        await stub.ReplyToLetter(pb.ReplyToLetterRequest(actor=actor(visit), letter_id=letter_id, text=text))
        return visit.back("/feedback", "done-letter-answered")

    async def close(visit: Visit) -> Response:
        letter_id = visit.form_fields.get("letter_id", "")
        await stub.CloseLetter(pb.CloseLetterRequest(actor=actor(visit), letter_id=letter_id))
        return visit.back("/feedback", "done-letter-closed")

    routes = (
        Show("/feedback", show),
        Act("/feedback/reply", reply, "letter.reply", private=frozenset({"text"})),
        Act("/feedback/close", close, "letter.close"),
    )
    return Page("feedback", "/feedback", Section.PEOPLE, AdminRole.OPERATOR, routes)


def _row(letter: pb.Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "state": pb.LetterState.Name(letter.state).removeprefix("LETTER_STATE_").lower(),
        "user_id": letter.user_id,
        "is_from_group": letter.chat_id != letter.user_id,
        "written_at": letter.write_time.seconds,
        "text": letter.text,
        "reason": letter.reason,
        "thumb": letter.thumb,
        "about": [part for part in (letter.command, letter.provider, letter.model) if part],
        "replies": [
            {
                "text": one.text,
                "user_id": one.user_id,
                "written_at": one.write_time.seconds,
                "state": pb.LetterReplyState.Name(one.state).removeprefix("LETTER_REPLY_STATE_").lower(),
            }
            for one in letter.replies
        ],
    }
