import datetime

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.usage_pb2 import Usage

from services.chassis.events import Event, MalformedEvent, RecentIds, decode, encode, registry

NOW = datetime.datetime(2026, 11, 5, 12, 0, tzinfo=datetime.UTC)


def _msg(headers: dict[str, str], data: bytes) -> Msg:
    return Msg(Client(), subject="quartet.test", data=data, headers=headers)


def test_an_event_comes_back_as_it_was() -> None:
    event = Event("update:1", "/quartet/gateway", "чат 7%", NOW, Usage(model="m", input_token_count=3))

    assert decode(_msg(*encode(event)), registry(Usage, Caller)) == event


def test_the_headers_are_those_of_cloudevents() -> None:
    headers, _ = encode(Event("id-1", "/quartet/text", "", NOW, Usage()))

    assert headers == {
        "ce-specversion": "1.0",
        "ce-id": "id-1",
        "ce-source": "/quartet/text",
        "ce-type": "quartet.common.v1.Usage",
        "ce-time": "2026-11-05T12:00:00+00:00",
        "ce-datacontenttype": "application/protobuf",
        "Nats-Msg-Id": "id-1",
    }


def test_no_header_holds_what_a_header_cannot() -> None:
    headers, _ = encode(Event("a b\r\nNats-Rollup: all", "/s", "й", NOW, Usage()))

    assert all(value.isascii() and value.isprintable() and " " not in value for value in headers.values())


@pytest.mark.parametrize("missing", ["ce-id", "ce-source", "ce-type", "ce-time"])
def test_a_message_without_a_required_attribute_is_malformed(missing: str) -> None:
    headers, data = encode(Event("id", "/s", "", NOW, Usage()))
    del headers[missing]

    with pytest.raises(MalformedEvent):
        decode(_msg(headers, data), registry(Usage))


def test_a_payload_that_is_no_protobuf_is_malformed() -> None:
    headers, _ = encode(Event("id", "/s", "", NOW, Usage()))

    with pytest.raises(MalformedEvent):
        decode(_msg(headers, b"\xff\xff\xff"), registry(Usage))


def test_an_unknown_type_is_malformed() -> None:
    with pytest.raises(MalformedEvent, match=r"quartet\.common\.v1\.Usage"):
        decode(_msg(*encode(Event("id", "/s", "", NOW, Usage()))), registry(Caller))


def test_recent_ids_are_forgotten_oldest_first() -> None:
    recent = RecentIds(2)
    for event_id in ("a", "b", "a", "c"):
        recent.add(event_id)

    assert "a" in recent
    assert "b" not in recent
    assert "c" in recent
