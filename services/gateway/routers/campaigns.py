from collections.abc import Sequence

from aiogram import F, Router
from aiogram.types import Message

from services.chassis.errors import InvalidRequest, QuartetError
from services.gateway.administration.campaign_screens import CampaignScreens
from services.gateway.administration.campaigns import Campaigning, Segment
from services.gateway.administration.presses import AdminPress, AdminVerb
from services.gateway.broadcasts.order import Course, Order
from services.gateway.delivery.turn import Turn
from services.gateway.people import Awaited, Awaiting
from services.gateway.rendering import from_aiogram
from services.gateway.routers.awaited import answered
from services.gateway.routers.dialogues import Expected
from services.gateway.routers.matching import Matching
from services.gateway.routers.roles import HasRole
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.wording import Wording

STEERED = {
    AdminVerb.PAUSE: Course.PAUSED,
    AdminVerb.RESUME: Course.RUNNING,
    AdminVerb.STOP: Course.CANCELLED,
    AdminVerb.UNSEND_SURELY: Course.RETRACTED,
}
VERBS = frozenset(
    {
        AdminVerb.CASTS,
        AdminVerb.WHOM,
        AdminVerb.AIM,
        AdminVerb.SEND,
        AdminVerb.CAST,
        AdminVerb.UNSEND,
        *STEERED,
    }
)


def router() -> Router:
    """The message that is to go to many."""
    routes = Router(name="campaigns")
    is_no_command = Matching(~F.text.startswith("/"))
    routes.message.register(take_draft, is_no_command, Expected(Awaited.ADMIN_BROADCAST), HasRole())
    return routes


async def take_draft(
    message: Message,
    messages: Sequence[Message],
    turn: Turn,
    speech: Speech,
    wording: Wording,
    campaigning: Campaigning,
    awaiting: Awaiting,
) -> None:
    """Shows it to its author as everybody would get it, and asks whom it is for."""
    await answered(turn, speech, awaiting)
    # Each wording of a message that is edited is a draft of its own.
    draft_id = f"t{turn.user_id}-{message.message_id}-{message.edit_date or 0}"
    try:
        if len(messages) > 1:
            raise InvalidRequest("several messages")
        await campaigning.draft(turn.user_id, draft_id, _order_of(message))
        sizes = await campaigning.sizes(turn.user_id)
        part = CampaignScreens(wording, turn.language).whom(draft_id, sizes)
    except InvalidRequest:
        part = Part(text=wording.say("admin-cast-unfit", turn.language))
    except QuartetError as error:
        part = Part(text=wording.error(error, turn.language))
    await speech.replies.deliver(turn, [part])


async def screen_of(turn: Turn, wording: Wording, campaigning: Campaigning, press: AdminPress) -> Part:
    """Does what a press about broadcasts asks for, and draws what stands then. Raises QuartetError."""
    actor, subject = turn.user_id, press.subject
    screens = CampaignScreens(wording, turn.language)
    match press.verb:
        case AdminVerb.CASTS:
            return screens.all(await campaigning.latest(actor))
        case AdminVerb.WHOM:
            return screens.whom(subject, await campaigning.sizes(actor))
        case AdminVerb.AIM:
            draft_id, segment = _aimed(subject)
            return screens.sure(draft_id, segment, (await campaigning.sizes(actor))[segment])
        case AdminVerb.UNSEND:
            return screens.unsend(subject)
        case AdminVerb.SEND:
            subject = await campaigning.send(actor, *_aimed(subject))
        case verb if verb in STEERED:
            await campaigning.steer(actor, subject, STEERED[verb])
    return screens.progress(subject, *await campaigning.progress(actor, subject))


def _order_of(message: Message) -> Order:
    """What somebody wrote, as it is. Raises InvalidRequest for what is neither text nor picture."""
    if message.text is None and not message.photo:
        raise InvalidRequest("neither text nor picture")
    return Order(
        markdown=message.text or message.caption or "",
        is_plain=True,
        entities=from_aiogram(message.entities or message.caption_entities or ()),
        picture_file_id=message.photo[-1].file_id if message.photo else "",
    )


def _aimed(subject: str) -> tuple[str, Segment]:
    draft_id, _, segment = subject.partition(":")
    if segment not in Segment.__members__.values():
        raise InvalidRequest("no such segment")
    return draft_id, Segment(segment)
