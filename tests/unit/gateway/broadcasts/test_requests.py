import pytest
from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import delivery_service_pb2 as pb

from services.chassis.errors import InvalidRequest
from services.gateway.broadcasts.order import PACE, ChatKind
from services.gateway.broadcasts.requests import (
    MAX_BUTTONS,
    MAX_PER_SECOND,
    MAX_PICTURE_BYTES,
    id_of,
    order_of,
)

PNG = b"\x89PNG\r\n\x1a\n"
BUTTON = pb.DeliveryButton(text="Read", url="https://example.org/")


def test_an_order_is_read_as_it_was_given() -> None:
    message = pb.DeliveryMessage(markdown="**News**", buttons=[BUTTON], picture=PNG)
    audience = pb.Audience(language_code="ru", chat_kind=pb.CHAT_KIND_PRIVATE, user_keys=[7])
    order = order_of(pb.DeliverRequest(message=message, audience=audience))
    assert (order.markdown, order.picture, order.messages_per_second) == ("**News**", PNG, PACE)
    assert (order.audience.chat_kind, order.audience.user_keys) == (ChatKind.PRIVATE, (7,))


def test_what_is_for_oneself_goes_nowhere_else() -> None:
    audience = pb.Audience(actor_only=True, language_code="ru", user_keys=[7])
    request = pb.DeliverRequest(
        actor=Actor(user_id=5), message=pb.DeliveryMessage(markdown="a"), audience=audience
    )
    assert (order_of(request).audience.chat_id, order_of(request).audience.user_keys) == (5, ())


@pytest.mark.parametrize(
    "request_",
    [
        pb.DeliverRequest(),
        pb.DeliverRequest(message=pb.DeliveryMessage(markdown="a" * 4097)),
        pb.DeliverRequest(message=pb.DeliveryMessage(markdown="a" * 1025, picture=PNG)),
        pb.DeliverRequest(message=pb.DeliveryMessage(markdown="a", picture=b"GIF89a")),
        pb.DeliverRequest(message=pb.DeliveryMessage(markdown="a", picture=PNG + bytes(MAX_PICTURE_BYTES))),
        pb.DeliverRequest(message=pb.DeliveryMessage(markdown="a", buttons=[BUTTON] * (MAX_BUTTONS + 1))),
        pb.DeliverRequest(
            message=pb.DeliveryMessage(markdown="a", buttons=[pb.DeliveryButton(text="a", url="http://a/")])
        ),
        pb.DeliverRequest(
            message=pb.DeliveryMessage(markdown="a"), audience=pb.Audience(user_keys=[2**63] * 50_000)
        ),
        pb.DeliverRequest(message=pb.DeliveryMessage(markdown="a"), messages_per_second=MAX_PER_SECOND + 1),
    ],
)
def test_what_telegram_or_the_ledger_would_refuse_is_refused_at_once(request_: pb.DeliverRequest) -> None:
    with pytest.raises(InvalidRequest):
        order_of(request_)


@pytest.mark.parametrize("name", ["", "a.b", "a*", "a" * 65])
def test_a_delivery_has_a_name_that_a_bucket_takes(name: str) -> None:
    with pytest.raises(InvalidRequest):
        id_of(name)
