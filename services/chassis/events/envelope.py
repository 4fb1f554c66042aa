import datetime
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote, unquote

from google.protobuf.message import DecodeError, Message
from nats.aio.msg import Msg

SPEC_VERSION: Final = "1.0"
CONTENT_TYPE: Final = "application/protobuf"
PRINTABLE: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')

M = TypeVar("M", bound=Message)

Registry = Mapping[str, type[Message]]


class MalformedEvent(Exception):
    """A message that is no event of ours, or of a type that is not in the registry."""


@dataclass(frozen=True)
class Event(Generic[M]):
    """A CloudEvent with a protobuf payload. `deliveries` is 1 the first time that it arrives."""

    event_id: str
    source: str
    subject: str
    time: datetime.datetime
    message: M
    deliveries: int = 1


def registry(*types: type[Message]) -> Registry:
    """Map the full proto name of each type, which is its `ce-type`, to the type."""
    return {kind.DESCRIPTOR.full_name: kind for kind in types}


def encode(event: Event[Any]) -> tuple[dict[str, str], bytes]:
    """Return the headers and the payload: CloudEvents in binary mode, lower-case `ce-` headers.

    https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/nats-protocol-binding.md
    """
    attributes = {
        "specversion": SPEC_VERSION,
        "id": event.event_id,
        "source": event.source,
        "type": event.message.DESCRIPTOR.full_name,
        "subject": event.subject,
        "time": event.time.isoformat(),
        "datacontenttype": CONTENT_TYPE,
    }
    headers = {f"ce-{name}": quote(value, safe=PRINTABLE) for name, value in attributes.items() if value}
    headers["Nats-Msg-Id"] = headers["ce-id"]
    return headers, event.message.SerializeToString()


def decode(msg: Msg, registry: Registry) -> Event[Any]:
    """Read an event. Raises MalformedEvent."""
    headers = msg.headers or {}
    attributes = {key[3:]: unquote(value) for key, value in headers.items() if key.startswith("ce-")}
    kind = registry.get(attributes.get("type", ""))
    if kind is None:
        raise MalformedEvent(f"unknown type {attributes.get('type')!r}")
    try:
        return Event(
            event_id=attributes["id"],
            source=attributes["source"],
            subject=attributes.get("subject", ""),
            time=datetime.datetime.fromisoformat(attributes["time"]),
            message=kind.FromString(msg.data),
            deliveries=msg.metadata.num_delivered if msg.reply else 1,
        )
    except (KeyError, ValueError, DecodeError) as error:
        raise MalformedEvent(f"{type(error).__name__}: {error}") from error


class RecentIds:
    """Remembers the last `capacity` ids, for handlers whose effect has no id of its own to compare."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._ids

    def add(self, event_id: str) -> None:
        """Remember an id whose event has been handled, and forget the oldest."""
        self._ids[event_id] = None
        self._ids.move_to_end(event_id)
        if len(self._ids) > self._capacity:
            self._ids.popitem(last=False)
