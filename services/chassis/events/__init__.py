"""CloudEvents over JetStream: published once under one id, consumed at least once."""

from services.chassis.events.consumer import Consumer
from services.chassis.events.dead_letters import bury
from services.chassis.events.envelope import (
    Event,
    MalformedEvent,
    RecentIds,
    Registry,
    decode,
    encode,
    registry,
)
from services.chassis.events.publisher import Publisher
from services.chassis.events.replay import replay
from services.chassis.events.settlement import Handler

__all__ = [
    "Consumer",
    "Event",
    "Handler",
    "MalformedEvent",
    "Publisher",
    "RecentIds",
    "Registry",
    "bury",
    "decode",
    "encode",
    "registry",
    "replay",
]
