import base64
from typing import Final

import regex
from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import delivery_service_pb2 as pb

from services.chassis.errors import InvalidRequest, Violation
from services.gateway.broadcasts.letter import Letter
from services.gateway.broadcasts.order import PACE, Audience, Button, ChatKind, Order

ID: Final = regex.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_PER_SECOND: Final = 20
MAX_BUTTONS: Final = 8
MAX_PICTURE_BYTES: Final = 500_000
PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""What a JPEG and a PNG begin with."""
MAX_ORDER_BYTES: Final = 900_000
"""NATS takes messages of a megabyte."""
KINDS: Final = {
    pb.CHAT_KIND_UNSPECIFIED: ChatKind.ANY,
    pb.CHAT_KIND_PRIVATE: ChatKind.PRIVATE,
    pb.CHAT_KIND_GROUP: ChatKind.GROUP,
}


def order_of(request: pb.DeliverRequest) -> Order:
    """Read what is to be delivered. Raises InvalidRequest."""
    pace = request.messages_per_second or PACE
    if not 1 <= pace <= MAX_PER_SECOND:
        raise invalid("messages_per_second", f"between 1 and {MAX_PER_SECOND}")
    order = message_of(request.message).model_copy(
        update={
            "audience": audience_of(request.audience, request.actor),
            "messages_per_second": pace,
            "not_before": float(request.schedule_time.seconds),
        }
    )
    if len(order.model_dump_json()) > MAX_ORDER_BYTES:
        raise invalid("audience.user_keys", "fewer, or a smaller picture")
    return order


def message_of(message: pb.DeliveryMessage) -> Order:
    """Read what they get, as an order to everybody. Raises InvalidRequest."""
    if len(message.picture) > MAX_PICTURE_BYTES:
        raise invalid("message.picture", f"at most {MAX_PICTURE_BYTES} bytes")
    if message.picture and not message.picture.startswith(PICTURES):
        raise invalid("message.picture", "a JPEG or a PNG")
    if len(message.buttons) > MAX_BUTTONS:
        raise invalid("message.buttons", f"at most {MAX_BUTTONS}")
    if not all(button.text.strip() and button.url.startswith("https://") for button in message.buttons):
        raise invalid("message.buttons", "a text and an https address")
    order = Order(
        markdown=message.markdown,
        buttons=tuple(Button(text=button.text, url=button.url) for button in message.buttons),
        picture=base64.b64encode(message.picture),
    )
    if not Letter(order).fits:
        raise invalid("message", "one message of Telegram, and not an empty one")
    return order


def audience_of(audience: pb.Audience, actor: Actor) -> Audience:
    """Read who is meant."""
    if audience.actor_only:
        return Audience(chat_id=actor.user_id)
    return Audience(
        language_code=audience.language_code,
        active_days=max(0, audience.active_days),
        chat_kind=KINDS.get(audience.chat_kind, ChatKind.ANY),
        user_keys=tuple(audience.user_keys),
    )


def id_of(delivery_id: str) -> str:
    """Read the caller's name of a delivery. Raises InvalidRequest."""
    if not ID.fullmatch(delivery_id):
        raise invalid("delivery_id", "1 to 64 of A-Z a-z 0-9 _ -")
    return delivery_id


def invalid(field: str, problem: str) -> InvalidRequest:
    """Say what is wrong with one field."""
    return InvalidRequest(violations=[Violation(field, problem)])
