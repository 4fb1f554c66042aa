import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
import pytest
from aiogram.methods import SendMessage
from prometheus_client import CollectorRegistry
from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import feedback_service_pb2 as pb
from quartet.gateway.v1.feedback_service_pb2_grpc import (
    FeedbackServiceStub,
    add_FeedbackServiceServicer_to_server,
)

from services.chassis.errors import ResourceNotFound
from services.chassis.interceptors import ServerEdge
from services.chassis.jetstream import Nats
from services.chassis.roles import Admins
from services.chassis.telemetry.metrics import ServerMetrics
from services.gateway.bookkeeping.directory import open_directory
from services.gateway.bookkeeping.receipt import Receipt
from services.gateway.broadcasts.deliveries import Deliveries, open_deliveries
from services.gateway.broadcasts.letter import Letter as Sent
from services.gateway.broadcasts.order import Copy, Fate
from services.gateway.delivery.turn import Turn
from services.gateway.feedback.arrival import Arrivals
from services.gateway.feedback.correspondence import MAX_REPLY_UTF16, Correspondence
from services.gateway.feedback.letter import Letter, Reason, digest_of, reply_delivery_id
from services.gateway.feedback.mailbox import Mailbox, open_mailbox
from services.gateway.feedback.reception import MAX_LETTERS_A_DAY, Reception, Taken
from services.gateway.feedback.servicer import FeedbackServicer
from services.gateway.lease import Tenure
from services.gateway.people import People
from services.gateway.wording import Language, Wording

if TYPE_CHECKING:
    from quartet.gateway.v1.feedback_service_pb2_grpc import FeedbackServiceAsyncStub

OPERATOR, OWNER, ANALYST, USER = 1, 2, 3, 70
ADMINS = Admins(owners=frozenset({OWNER}), operators=frozenset({OPERATOR}), analysts=frozenset({ANALYST}))
ACTOR = Actor(user_id=OPERATOR)
TENURE = Tenure(1, float("inf"))
WORDING = Wording.load()
IN_GROUP = Letter(user_id=USER, chat_id=-700, language=Language.EN, written_at=1.0)


@dataclass
class Office:
    """What a gateway does with letters, of a bot of its own."""

    mailbox: Mailbox
    deliveries: Deliveries
    reception: Reception
    stub: "FeedbackServiceAsyncStub"

    async def listed(
        self, state: "pb.LetterState.ValueType" = pb.LETTER_STATE_UNSPECIFIED
    ) -> list[pb.Letter]:
        return list((await self.stub.ListLetters(pb.ListLettersRequest(actor=ACTOR, state=state))).letters)


@pytest.fixture
async def office(nats: Nats) -> AsyncIterator[Office]:
    bot_id = secrets.randbelow(10**9)
    mailbox = await open_mailbox(nats, bot_id=bot_id, replicas=1)
    directory = await open_directory(nats, replicas=1)
    deliveries = await open_deliveries(nats, directory, bot_id=bot_id, replicas=1)
    people = People(await nats.js.key_value("directory"), bot_id=bot_id, tenure=TENURE)
    reception = Reception(mailbox, deliveries, people, WORDING, (OPERATOR, OWNER))
    servicer = FeedbackServicer(
        mailbox, Correspondence(mailbox, deliveries, WORDING), Arrivals(deliveries.ledger), ADMINS
    )
    server = grpc.aio.server(interceptors=[ServerEdge(ServerMetrics(CollectorRegistry()))])
    add_FeedbackServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as opened:
        yield Office(mailbox, deliveries, reception, FeedbackServiceStub(opened))
    await server.stop(None)


def a_turn(turn_id: str = "1000.70.5.9", *, user_id: int = USER) -> Turn:
    return Turn(
        turn_id=turn_id,
        chat_id=user_id,
        thread_id=0,
        user_id=user_id,
        language=Language.EN,
        is_private=True,
        reply_to_message_id=None,
        draft_id=1,
        received_at=asyncio.get_running_loop().time() + 1e10,
        tenure=TENURE,
    )


def a_receipt() -> Receipt:
    return Receipt(service="text", command="answer", provider="openai", model="a-model", accepted_at=1.0)


async def test_a_thumb_down_is_asked_about_once_and_is_a_letter_once_it_is_explained(office: Office) -> None:
    press, again = a_turn("press"), a_turn("another press")
    assert await office.reception.rated(press, "answer", a_receipt(), -1)
    assert await office.reception.rated(press, "answer", a_receipt(), -1), "it is the same press"
    assert not await office.reception.rated(again, "answer", a_receipt(), -1)
    assert await office.listed() == []
    assert await office.reception.explained(again, digest_of("answer"), Reason.SLOW)
    (letter,) = await office.listed()
    assert (letter.reason, letter.thumb, letter.command, letter.model) == ("slow", -1, "answer", "a-model")


async def test_a_thumb_up_alone_leaves_no_letter(office: Office) -> None:
    assert not await office.reception.rated(a_turn(), "answer", a_receipt(), 1)
    assert await office.mailbox.all() == {}


async def test_words_that_are_taken_twice_or_edited_are_one_letter_of_which_operators_hear_once(
    office: Office,
) -> None:
    for words in ("slow", "slow", "very slow"):
        assert await office.reception.said(a_turn(), "1000.70.5.9", words) is Taken.KEPT
    (letter,) = await office.listed()
    assert letter.text == "very slow"
    for operator in (OPERATOR, OWNER):
        order = await office.deliveries.ledger.order(f"letter-{digest_of(letter.id)}-{operator}")
        assert order.audience.chat_id == operator
        assert "slow" not in order.markdown
    with pytest.raises(ResourceNotFound):
        await office.deliveries.ledger.order(f"letter-{digest_of(letter.id)}-{ANALYST}")


async def test_nobody_fills_the_inbox(office: Office) -> None:
    for number in range(MAX_LETTERS_A_DAY):
        assert await office.reception.said(a_turn(), f"m{number}", "again") is Taken.KEPT
    assert await office.reception.said(a_turn(), "one more", "again") is Taken.TOO_MANY
    assert await office.reception.said(a_turn(), "m1", "edited") is Taken.KEPT
    assert await office.reception.said(a_turn(user_id=71), "other", "hello") is Taken.KEPT


async def test_a_reply_goes_out_once_as_it_was_written_and_more_words_open_the_letter_again(
    office: Office,
) -> None:
    await office.reception.said(a_turn(), "m1", "slow")
    (letter,) = await office.listed()
    reply = pb.ReplyToLetterRequest(actor=ACTOR, letter_id=letter.id, text="*We* know <b>it</b>")
    for _ in range(2):
        await office.stub.ReplyToLetter(reply)
    (answered,) = await office.listed(pb.LETTER_STATE_ANSWERED)
    assert [(one.text, one.user_id) for one in answered.replies] == [(reply.text, OPERATOR)]
    order = await office.deliveries.ledger.order(f"reply-{digest_of(letter.id)}-{digest_of(reply.text)}")
    assert (order.is_plain, order.audience.chat_id) == (True, USER)
    sent = Sent(order).to(USER)
    assert isinstance(sent, SendMessage)
    assert (sent.text.endswith(reply.text), sent.entities) == (True, [])
    await office.reception.said(a_turn(), "m2", "still slow", digest=letter.id.partition("-")[2])
    (opened,) = await office.listed(pb.LETTER_STATE_OPEN)
    assert opened.text == "slow\n\nstill slow"


@pytest.mark.parametrize(
    ("copy", "state"),
    [
        (None, pb.LETTER_REPLY_STATE_WAITING),
        (Copy(fate=Fate.INTENDED), pb.LETTER_REPLY_STATE_WAITING),
        (Copy(fate=Fate.DELIVERED, message_id=5), pb.LETTER_REPLY_STATE_DELIVERED),
        (Copy(fate=Fate.BLOCKED), pb.LETTER_REPLY_STATE_BLOCKED),
        (Copy(fate=Fate.FAILED), pb.LETTER_REPLY_STATE_FAILED),
        (Copy(fate=Fate.UNKNOWN), pb.LETTER_REPLY_STATE_UNKNOWN),
    ],
)
async def test_operators_see_whether_a_reply_has_arrived(
    office: Office, copy: Copy | None, state: "pb.LetterReplyState.ValueType"
) -> None:
    await office.reception.said(a_turn(), "m1", "slow")
    (letter,) = await office.listed()
    reply = pb.ReplyToLetterRequest(actor=ACTOR, letter_id=letter.id, text="We know")
    await office.stub.ReplyToLetter(reply)
    if copy is not None:
        await office.deliveries.ledger.enlist(reply_delivery_id(letter.id, reply.text), USER, copy)
    (answered,) = await office.listed()
    assert [one.state for one in answered.replies] == [state]


@pytest.mark.parametrize(
    ("letter", "message_id", "names"),
    [
        (IN_GROUP.with_note("1000.-700.5.9", "a secret"), 5, ""),
        (IN_GROUP.with_note("1000.-700.5.9", "a secret").with_note("1000.-700.8.9", "more"), 8, ""),
        (IN_GROUP.with_note("1000.70.5.9", "a secret"), 0, ""),
        (
            IN_GROUP.model_copy(update={"reason": Reason.SLOW}),
            0,
            WORDING.say("feedback-reason-button", Language.EN, reason=Reason.SLOW),
        ),
    ],
)
async def test_a_reply_in_a_group_answers_the_message_or_names_the_button_and_keeps_no_words(
    office: Office, letter: Letter, message_id: int, names: str
) -> None:
    letter_id = f"{USER}-{digest_of('an answer')}"
    await office.mailbox.change(letter_id, lambda _known: letter)
    request = pb.ReplyToLetterRequest(actor=ACTOR, letter_id=letter_id, text="x" * MAX_REPLY_UTF16)
    await office.stub.ReplyToLetter(request)
    order = await office.deliveries.ledger.order(reply_delivery_id(letter_id, request.text))
    assert (order.reply_to_message_id, names in order.markdown) == (message_id, True)
    assert (order.audience.chat_id, Sent(order).fits, "secret" in order.markdown) == (-700, True, False)


async def test_a_letter_is_closed_without_an_answer(office: Office) -> None:
    await office.reception.said(a_turn(), "m1", "thanks")
    (letter,) = await office.listed()
    await office.stub.CloseLetter(pb.CloseLetterRequest(actor=ACTOR, letter_id=letter.id))
    found = await office.stub.ListLetters(pb.ListLettersRequest(actor=ACTOR))
    assert ([one.state for one in found.letters], found.open_count) == ([pb.LETTER_STATE_CLOSED], 0)


async def test_whoever_is_forgotten_has_written_nothing(office: Office) -> None:
    await office.reception.said(a_turn(), "m1", "mine")
    await office.reception.said(a_turn(user_id=71), "m2", "another's")
    await office.mailbox.forget(USER)
    assert [letter.user_id for letter in await office.listed()] == [71]
    assert await office.reception.said(a_turn(), "m1", "mine again") is Taken.KEPT


@pytest.mark.parametrize("letter_id", ["", "70-0123456789abcdef", "70.*", "70-0123456789abcdef.>"])
async def test_a_letter_that_there_is_not_is_not_found(office: Office, letter_id: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await office.stub.CloseLetter(pb.CloseLetterRequest(actor=ACTOR, letter_id=letter_id))
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_letter_that_cannot_be_read_hides_none_of_the_others(nats: Nats, office: Office) -> None:
    await office.reception.said(a_turn(), secrets.token_hex(8), "mine")
    (letter,) = await office.listed()
    bucket = await nats.js.key_value("feedback")
    (key,) = [key for key in await bucket.keys() if key.endswith(letter.id.partition("-")[2])]
    await bucket.put(key, b"{}")
    await office.reception.said(a_turn(user_id=71), "m2", "another's")
    assert [each.user_id for each in await office.listed()] == [71]


async def test_letters_are_for_operators(office: Office) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await office.stub.ListLetters(pb.ListLettersRequest(actor=Actor(user_id=ANALYST)))
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
